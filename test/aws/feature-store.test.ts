import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack, Tags } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { Duration, Environment, FeatureType } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { FeatureStore, FeatureStoreProps } from '../../lib/aws/feature-store';
import { ArtifactStore } from '../../lib/aws/storage';
import { ENV, properties, refusals, statementsOf, synth } from './helper';

const PROPS: FeatureStoreProps = {
  entity: { name: 'listing_id' },
  eventTime: 'updated_at',
  features: { rooms: FeatureType.INT, balcony: FeatureType.BOOL },
};
const TYPE = 'AWS::SageMaker::FeatureGroup';
const store = (stack: Stack, props: Partial<FeatureStoreProps> = {}) =>
  new FeatureStore(stack, 'Listings', {
    ...PROPS,
    artifacts: ArtifactStore.fromBucket(stack, 'Store', Bucket.fromBucketName(stack, 'Bucket', 'bucket')),
    ...props,
  });
const role = (stack: Stack) => new Role(stack, 'Client', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
const group = (props: Partial<FeatureStoreProps> = {}) =>
  properties(
    synth((stack) => void store(stack, props)),
    TYPE,
  );

test('columns are entity, event time and features', () => {
  expect(group()).toMatchObject({
    RecordIdentifierFeatureName: 'listing_id',
    EventTimeFeatureName: 'updated_at',
    FeatureDefinitions: [
      { FeatureName: 'listing_id', FeatureType: 'String' },
      { FeatureName: 'updated_at', FeatureType: 'String' },
      { FeatureName: 'rooms', FeatureType: 'Integral' },
      { FeatureName: 'balcony', FeatureType: 'Integral' },
    ],
  });
});

test('rows for training are an Iceberg table in the artifact store', () => {
  expect(group().OfflineStoreConfig).toEqual({ S3StorageConfig: { S3Uri: 's3://bucket/features' }, TableFormat: 'Iceberg' });
});

test('the key of the artifact store encrypts them', () => {
  const template = synth((stack) => {
    const artifacts = new ArtifactStore(stack, 'Own', { encryptionKey: new Key(stack, 'Key') });
    store(stack, { artifacts });
  });
  expect(JSON.stringify(properties(template, TYPE).OfflineStoreConfig)).toMatch(/"KmsKeyId":\{"Fn::GetAtt":\["Key/);
  expect(statementsOf(template, 'ListingsRole')).toContainEqual(
    expect.objectContaining({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
  );
});

test('rows are looked up online only where asked for', () => {
  expect(group()).not.toHaveProperty('OnlineStoreConfig');
  expect(group({ online: true }).OnlineStoreConfig).toEqual({ EnableOnlineStore: true, StorageType: 'Standard' });
});

test('the online store takes a key and an end of rows', () => {
  const template = synth((stack) => {
    store(stack, { online: true, encryptionKey: new Key(stack, 'Key'), onlineExpiry: Duration.days(30) }).grants.write(role(stack));
  });
  expect(properties(template, TYPE).OnlineStoreConfig).toMatchObject({
    SecurityConfig: { KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } },
    TtlDuration: { Unit: 'Seconds', Value: 2_592_000 },
  });
  expect(JSON.stringify(statementsOf(template, 'Client'))).toContain('kms:GenerateDataKey');
});

test('SageMaker may write rows and metadata of this group, and nothing else', () => {
  const statements = statementsOf(
    synth((stack) => void store(stack)),
    'ListingsRole',
  );
  expect(statements.map((s) => s.Action)).toEqual([
    ['s3:GetObject', 's3:PutObject', 's3:PutObjectAcl'],
    's3:GetBucketAcl',
    ['glue:GetTable', 'glue:UpdateTable'],
  ]);
  expect(JSON.stringify(statements[0].Resource)).toContain('bucket/features/*');
  expect(JSON.stringify(statements[2].Resource)).toMatch(/table\/sagemaker_featurestore\/stack_listings_[0-9a-f]{8}_\*/);
});

test('the group goes with its stack, but in prod', () => {
  const removed = (environment: Environment) => synth((stack) => void store(stack, { environment })).findResources(TYPE);
  expect(Object.values(removed(Environment.DEV))[0].DeletionPolicy).toBe('Delete');
  expect(Object.values(removed(Environment.PROD))[0].DeletionPolicy).toBe('Retain');
});

test('a tag of the stack would replace the group, and does not get there', () => {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  store(stack);
  Tags.of(stack).add('cost-center', '4711');
  expect(properties(Template.fromStack(stack), TYPE)).not.toHaveProperty('Tags');
});

describe('the name', () => {
  const name = (props: Partial<FeatureStoreProps> = {}): string => group(props).FeatureGroupName;

  test('is the same when features or words change', () => {
    expect(name({ features: { rooms: FeatureType.INT } })).toBe(name());
    expect(name({ description: 'Flats' })).toBe(name());
  });

  test.each<Partial<FeatureStoreProps>>([
    { entity: { name: 'flat_id' } },
    { entity: { name: 'listing_id', type: FeatureType.INT } },
    { eventTime: 'seen_at' },
    { online: true },
  ])('is another with %j, because CloudFormation makes another group', (props) => {
    expect(name(props)).not.toBe(name());
  });

  test('is one that SageMaker takes', () => {
    const template = synth((stack) => void new FeatureStore(stack, 'A'.repeat(100), PROPS));
    expect(properties(template, TYPE).FeatureGroupName).toMatch(/^(?=.{1,64}$)[a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}$/);
  });
});

describe('permissions', () => {
  test('to read cover both stores', () => {
    const template = synth((stack) => void store(stack).grants.read(role(stack)));
    const statements = statementsOf(template, 'Client');
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: ['sagemaker:BatchGetRecord', 'sagemaker:DescribeFeatureGroup', 'sagemaker:GetRecord'],
        Resource: {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, expect.stringMatching(/:feature-group\/stack-listings-[0-9a-f]{8}$/)]],
        },
      }),
    );
    const text = JSON.stringify(statements);
    expect(text).toContain('bucket/features/*');
    expect(text).not.toMatch(/PutRecord|s3:PutObject/);
  });

  test('to write go through SageMaker', () => {
    const text = JSON.stringify(
      statementsOf(
        synth((stack) => void store(stack).grants.write(role(stack))),
        'Client',
      ),
    );
    expect(text).toContain('sagemaker:PutRecord');
    expect(text).not.toContain('s3:PutObject');
  });

  test('on a group that exists already cover what is known of it', () => {
    const template = synth((stack) => {
      const theirs = FeatureStore.fromFeatureStoreAttributes(stack, 'Theirs', { featureGroupName: 'Listings' });
      theirs.grants.write(role(stack));
    });
    template.resourceCountIs(TYPE, 0);
    const statements = statementsOf(template, 'Client');
    expect(JSON.stringify(statements)).toContain('feature-group/listings');
    expect(JSON.stringify(statements)).not.toContain('s3:');
  });
});

test('the report says which types are translated', () => {
  const app = new App();
  store(new Stack(app, 'Stack', { env: ENV }));
  expect(parity.report(app)).toContainEqual({
    cloud: 'aws',
    path: 'Stack/Listings.features.balcony',
    kind: 'approximated',
    became: 'Integral, 0 or 1',
    reason: 'SageMaker knows text, whole numbers and fractions only',
  });
});

test('what SageMaker does not take is said at once', () => {
  const description = 'x'.repeat(129);
  const wrong = { features: { write_time: FeatureType.INT, rooms_: FeatureType.INT }, description, onlineExpiry: Duration.days(1) };
  expect(refusals(() => synth((stack) => void store(stack, wrong)))).toEqual([
    {
      code: 'name',
      prop: 'features.write_time',
      value: 'write_time',
      reason: 'SageMaker has a column of that name itself',
      instead: 'take another name',
    },
    {
      code: 'name',
      prop: 'features.rooms_',
      value: 'rooms_',
      reason: 'SageMaker takes no name that ends in an underscore',
      instead: 'take another name',
    },
    { code: 'limit', prop: 'description', value: description, reason: 'SageMaker takes at most 128 characters', instead: 'shorten it' },
    {
      code: 'conflict',
      prop: 'onlineExpiry',
      value: undefined,
      reason: 'there is no online store',
      instead: 'leave it out, or write online: true',
    },
  ]);
});

test('too many features are refused', () => {
  const features = Object.fromEntries(Array.from({ length: 2_499 }, (_, n) => [`f${n}`, FeatureType.INT]));
  expect(refusals(() => synth((stack) => void store(stack, { features })))).toEqual([
    {
      code: 'limit',
      prop: 'features',
      value: 2_499,
      reason: 'SageMaker, with entity and event time, takes at most 2,498 features in a group',
      instead: 'divide them over several groups',
    },
  ]);
});
