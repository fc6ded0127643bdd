import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
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

describe('the pull-through cache of an ImageRegistry', () => {
  const prefix = 'stack-images-';

  test('has a rule for each registry, under a prefix that no other stack has', () => {
    const template = registry({ pullThrough: ['public.ecr.aws', 'quay.io', 'registry.k8s.io'] });
    const rules = Object.values(template.findResources('AWS::ECR::PullThroughCacheRule')).map((r) => r.Properties);
    expect(rules).toEqual([
      {
        EcrRepositoryPrefix: expect.stringMatching(`^${prefix}[0-9a-f]{8}/ecr$`),
        UpstreamRegistry: 'ecr-public',
        UpstreamRegistryUrl: 'public.ecr.aws',
      },
      {
        EcrRepositoryPrefix: expect.stringMatching(`^${prefix}[0-9a-f]{8}/quay$`),
        UpstreamRegistry: 'quay',
        UpstreamRegistryUrl: 'quay.io',
      },
      {
        EcrRepositoryPrefix: expect.stringMatching(`^${prefix}[0-9a-f]{8}/k8s$`),
        UpstreamRegistry: 'k8s',
        UpstreamRegistryUrl: 'registry.k8s.io',
      },
    ]);
    for (const rule of rules) expect(rule.EcrRepositoryPrefix.length).toBeLessThanOrEqual(30);
  });

  test('has a template for the repositories that ECR makes, there before the rule', () => {
    const template = registry({ pullThrough: ['quay.io'] });
    template.hasResourceProperties('AWS::ECR::RepositoryCreationTemplate', {
      AppliedFor: ['PULL_THROUGH_CACHE'],
      EncryptionConfiguration: { EncryptionType: 'AES256' },
      LifecyclePolicy: Match.stringLikeRegexp('"countNumber":10'),
    });
    template.hasResource('AWS::ECR::PullThroughCacheRule', { DependsOn: [Match.stringLikeRegexp('^ImagesQuayTemplate')] });
  });

  test('has secrets for registries that ask for credentials, with a value that Secrets Manager thinks up', () => {
    const template = registry({ pullThrough: ['docker.io', 'ghcr.io'] });
    expect(Object.values(template.findResources('AWS::SecretsManager::Secret')).map((s) => s.Properties)).toEqual([
      expect.objectContaining({
        Name: expect.stringMatching(/^ecr-pullthroughcache\/stack-images-[0-9a-f]{8}-hub$/),
        GenerateSecretString: { SecretStringTemplate: '{"username":"nobody"}', GenerateStringKey: 'accessToken', ExcludePunctuation: true },
      }),
      expect.objectContaining({ Name: expect.stringMatching(/-ghcr$/) }),
    ]);
    template.hasResourceProperties('AWS::ECR::PullThroughCacheRule', {
      UpstreamRegistry: 'docker-hub',
      UpstreamRegistryUrl: 'registry-1.docker.io',
      CredentialArn: { Ref: Match.stringLikeRegexp('^ImagesHubCredentials') },
    });
    template.hasOutput('*', {
      Description: 'Puts the credentials for docker.io: run it, paste {"username":"...","accessToken":"..."}, press Enter and Ctrl-D',
    });
  });

  test('takes credentials of yours', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ecr-pullthroughcache/hub-AbCd12';
    const template = synth((stack) => {
      new ImageRegistry(stack, 'Images', {
        pullThrough: ['docker.io'],
        pullThroughCredentials: { 'docker.io': Secret.fromSecretCompleteArn(stack, 'Theirs', arn) },
      });
    });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    template.hasResourceProperties('AWS::ECR::PullThroughCacheRule', { CredentialArn: arn });
  });

  test('says where images are pulled', () => {
    synth((stack) => {
      const made = new ImageRegistry(stack, 'Images', { pullThrough: ['quay.io'] });
      expect(stack.resolve(made.pullThroughUris)).toEqual({
        'quay.io': {
          'Fn::Join': [
            '',
            ['123456789012.dkr.ecr.eu-west-1.', { Ref: 'AWS::URLSuffix' }, expect.stringMatching(`^/${prefix}[0-9a-f]{8}/quay$`)],
          ],
        },
      });
    });
  });

  test('lets somebody pull through it, images as well that are not in it yet', () => {
    const template = synth((stack) => {
      const role = new Role(stack, 'Builder', { assumedBy: new ServicePrincipal('codebuild.amazonaws.com') });
      new ImageRegistry(stack, 'Images', { pullThrough: ['quay.io'] }).grants.pullThrough(role);
    });
    expect(statementsOf(template, 'Builder')).toEqual([
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Effect: 'Allow',
        Action: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:BatchImportUpstreamImage',
          'ecr:CreateRepository',
          'ecr:GetDownloadUrlForLayer',
        ],
        Resource: {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              expect.stringMatching(`^:ecr:eu-west-1:123456789012:repository/${prefix}[0-9a-f]{8}/quay/\\*$`),
            ],
          ],
        },
      },
    ]);
  });

  test('gives nothing where there is none', () => {
    const template = synth((stack) => {
      const role = new Role(stack, 'Builder', { assumedBy: new ServicePrincipal('codebuild.amazonaws.com') });
      new ImageRegistry(stack, 'Images').grants.pullThrough(role);
    });
    expect(statementsOf(template, 'Builder')).toEqual([]);
  });

  test('refuses what ECR does not cache, and credentials that nobody asks for', () => {
    const make = () =>
      synth((stack) => {
        const theirs = Secret.fromSecretNameV2(stack, 'Theirs', 'ecr-pullthroughcache/x');
        new ImageRegistry(stack, 'Images', {
          pullThrough: ['nvcr.io', 'quay.io', 'quay.io'],
          pullThroughCredentials: { 'quay.io': theirs, 'ghcr.io': theirs },
        });
      });
    expect(refusals(make)).toEqual([
      {
        code: 'choice',
        prop: 'pullThrough',
        value: 'nvcr.io',
        reason: 'ECR caches no such registry without an address of your own',
        instead: 'write public.ecr.aws, quay.io, registry.k8s.io, docker.io or ghcr.io',
      },
      {
        code: 'choice',
        prop: 'pullThrough',
        value: ['nvcr.io', 'quay.io', 'quay.io'],
        reason: 'it names a registry twice',
        instead: 'name each once',
      },
      {
        code: 'conflict',
        prop: 'pullThroughCredentials.quay.io',
        value: undefined,
        reason: 'the registry asks for none',
        instead: 'leave it out',
      },
      {
        code: 'conflict',
        prop: 'pullThroughCredentials.ghcr.io',
        value: undefined,
        reason: 'pullThrough does not name the registry',
        instead: 'leave it out',
      },
    ]);
  });
});

describe('other accounts', () => {
  const policyOf = (props: ImageRegistryProps) =>
    Object.values(registry(props).findResources('AWS::ECR::Repository'))[0].Properties.RepositoryPolicyText?.Statement;

  test('may pull where they are named, and so may their Lambda functions', () => {
    expect(policyOf({ pullAccounts: ['210987654321'] })).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::210987654321:root']] } },
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Condition: {
          ArnLike: {
            'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':lambda:eu-west-1:210987654321:function:*']] },
          },
        },
      },
    ]);
    expect(policyOf({})).toBeUndefined();
  });

  test('are named by their number', () => {
    expect(refusals(() => registry({ pullAccounts: ['acme'] }))).toEqual([
      { code: 'syntax', prop: 'pullAccounts', value: 'acme', reason: 'not the number of an account', instead: 'write 12 digits in quotes' },
    ]);
  });
});
