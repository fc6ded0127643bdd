import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ImageRegistry, ImageRegistryProps } from '../../lib/aws/registry';
import { Environment } from '../../lib/core';
import { Match, refusals, statementsOf, synth } from './helper';

const registry = (props?: ImageRegistryProps) => synth((stack) => void new ImageRegistry(stack, 'Images', props));
const rules = (props?: ImageRegistryProps) => {
  const [repository] = Object.values(registry(props).findResources('AWS::ECR::Repository'));
  return JSON.parse(repository.Properties.LifecyclePolicy.LifecyclePolicyText).rules;
};

describe('ImageRegistry', () => {
  test('scans images when they are pushed, and has no name of its own', () => {
    registry().hasResourceProperties('AWS::ECR::Repository', {
      ImageScanningConfiguration: { ScanOnPush: true },
      RepositoryName: Match.absent(),
    });
  });

  test.each([
    [Environment.DEV, 10],
    [Environment.STAGING, 20],
    [Environment.PROD, 50],
  ])('in %s it keeps %d images', (environment, countNumber) => {
    expect(rules({ environment })[2].selection).toMatchObject({ countType: 'imageCountMoreThan', countNumber });
  });

  test('keeps as many images as asked for', () => {
    expect(rules({ imagesKept: 3 })[2].selection.countNumber).toBe(3);
  });

  test('keeps images in service, whatever else is built, by a rule before all others', () => {
    expect(rules()[0]).toMatchObject({ rulePriority: 1, selection: { tagStatus: 'tagged', tagPrefixList: ['live-'], countNumber: 1_000 } });
  });

  test('drops untagged images after a week', () => {
    expect(rules()[1].selection).toMatchObject({ tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 7, countUnit: 'days' });
  });

  test('is emptied and deleted in dev, kept in prod', () => {
    registry().hasResource('AWS::ECR::Repository', { DeletionPolicy: 'Delete', Properties: { EmptyOnDelete: true } });
    registry({ environment: Environment.PROD }).hasResource('AWS::ECR::Repository', {
      DeletionPolicy: 'Retain',
      Properties: { EmptyOnDelete: false },
    });
  });

  test('keeps tags from moving if so asked', () => {
    registry().hasResourceProperties('AWS::ECR::Repository', { ImageTagMutability: 'MUTABLE' });
    registry({ immutableTags: true }).hasResourceProperties('AWS::ECR::Repository', {
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: [
        { ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'live-*' },
      ],
    });
  });

  test('takes a key of yours', () => {
    synth((stack) => void new ImageRegistry(stack, 'Images', { encryptionKey: new Key(stack, 'Key') })).hasResourceProperties(
      'AWS::ECR::Repository',
      { EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } } },
    );
  });

  test('lets a builder push to this repository only', () => {
    const template = synth((stack) => {
      const builder = new Role(stack, 'Builder', { assumedBy: new ServicePrincipal('codebuild.amazonaws.com') });
      new ImageRegistry(stack, 'Images').grants.push(builder);
    });
    const push = statementsOf(template, 'Builder').find((s) => JSON.stringify(s.Action).includes('ecr:PutImage'))!;
    expect(push.Resource).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Images/), 'Arn'] });
  });

  test('lets a puller pull, and not push', () => {
    const template = synth((stack) => {
      const puller = new Role(stack, 'Puller', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
      ImageRegistry.fromRepository(stack, 'Images', Repository.fromRepositoryName(stack, 'Theirs', 'acme')).grants.pull(puller);
    });
    expect(JSON.stringify(statementsOf(template, 'Puller'))).toContain('ecr:BatchGetImage');
    expect(JSON.stringify(statementsOf(template, 'Puller'))).not.toContain('ecr:PutImage');
    template.resourceCountIs('AWS::ECR::Repository', 0);
  });

  test('says how docker logs in', () => {
    registry().hasOutput('*', { Description: 'Logs docker in to the registry' });
  });

  test('refuses to keep no image', () => {
    expect(refusals(() => registry({ imagesKept: 0 }))).toEqual([
      { code: 'limit', prop: 'imagesKept', value: 0, reason: 'ECR allows 1 to 10,000', instead: 'write a number from 1 to 10000' },
    ]);
  });
});
