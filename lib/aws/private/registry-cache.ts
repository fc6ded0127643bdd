import { CfnPullThroughCacheRule, CfnRepositoryCreationTemplate, IRepository } from 'aws-cdk-lib/aws-ecr';
import { AccountPrincipal, Grant, IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Checks, isUnresolved, oneOf } from '../../core/errors';
import { pascal } from '../../core/facade';
import { physicalName } from '../../core/naming';
import { parity } from '../../core/parity';
import type { ImageRegistryProps } from '../registry';
import { acknowledge, acknowledgeWildcards } from './acknowledge';
import { removalOf } from './logs';

interface Upstream {
  /** What ECR calls the registry. */
  readonly name: string;
  readonly url: string;
  /** Last part of the prefix. */
  readonly folder: string;
  readonly credentials?: boolean;
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html */
const UPSTREAMS: { readonly [registry: string]: Upstream } = {
  'public.ecr.aws': { name: 'ecr-public', url: 'public.ecr.aws', folder: 'ecr' },
  'quay.io': { name: 'quay', url: 'quay.io', folder: 'quay' },
  'registry.k8s.io': { name: 'k8s', url: 'registry.k8s.io', folder: 'k8s' },
  'docker.io': { name: 'docker-hub', url: 'registry-1.docker.io', folder: 'hub', credentials: true },
  'ghcr.io': { name: 'github-container-registry', url: 'ghcr.io', folder: 'ghcr', credentials: true },
};
/** ECR takes a prefix of 30 characters. */
const LONGEST_PREFIX = 30;
const SECRET_PREFIX = 'ecr-pullthroughcache/';

/** One registry's cache. */
export interface Cache {
  /** Host of the public registry. */
  readonly registry: string;
  /** What stands before the name of an image. */
  readonly uri: string;
  /** ARN of the repositories that ECR makes. */
  readonly repositories: string;
}

/** What is wrong with the props. */
export function checkPullThrough(checks: Checks, props: ImageRegistryProps): void {
  const { pullThrough = [], pullThroughCredentials = {}, pullAccounts = [] } = props;
  for (const registry of pullThrough)
    checks.require(
      registry in UPSTREAMS,
      'choice',
      'pullThrough',
      registry,
      'ECR caches no such registry without an address of your own',
      `write ${oneOf(Object.keys(UPSTREAMS))}`,
    );
  checks.require(
    new Set(pullThrough).size === pullThrough.length,
    'choice',
    'pullThrough',
    pullThrough,
    'it names a registry twice',
    'name each once',
  );
  for (const registry of Object.keys(pullThroughCredentials))
    checks.require(
      pullThrough.includes(registry) && UPSTREAMS[registry]?.credentials === true,
      'conflict',
      `pullThroughCredentials.${registry}`,
      undefined,
      pullThrough.includes(registry) ? 'the registry asks for none' : 'pullThrough does not name the registry',
      'leave it out',
    );
  for (const account of pullAccounts)
    checks.require(
      isUnresolved(account) || /^\d{12}$/.test(account),
      'syntax',
      'pullAccounts',
      account,
      'not the number of an account',
      'write 12 digits in quotes',
    );
}

/** A rule for each registry, and a template for the repositories that ECR makes by it. */
export function pullThroughCache(scope: Construct, props: ImageRegistryProps): Cache[] {
  const stack = Stack.of(scope);
  const caches = (props.pullThrough ?? []).map((registry) => {
    const { name, url, folder, credentials } = UPSTREAMS[registry];
    const id = pascal(folder);
    // Rules belong to the account, so that those of two stacks must not have one name.
    const prefix = `${physicalName(scope, { max: LONGEST_PREFIX - folder.length - 1, separator: '-' })}/${folder}`;
    const rule = new CfnPullThroughCacheRule(scope, `${id}Cache`, {
      ecrRepositoryPrefix: prefix,
      upstreamRegistry: name,
      upstreamRegistryUrl: url,
      credentialArn: credentials ? credentialsOf(scope, id, registry, props) : undefined,
    });
    rule.addResourceDependency(
      new CfnRepositoryCreationTemplate(scope, `${id}Template`, {
        prefix,
        appliedFor: ['PULL_THROUGH_CACHE'],
        description: `Images of ${registry}`,
        encryptionConfiguration: { encryptionType: 'AES256' },
        imageTagMutability: 'MUTABLE',
        lifecyclePolicy: KEEP_NEWEST,
      }),
    );
    const uri = `${stack.account}.dkr.ecr.${stack.region}.${stack.urlSuffix}/${prefix}`;
    new CfnOutput(scope, `${id}CacheUri`, { value: uri, description: `Where images of ${registry} are pulled through the cache` });
    const repositories = stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: `${prefix}/*` });
    return { registry, uri, repositories };
  });
  if (caches.length) parity.mapped(scope, 'aws', 'pullThrough', `pull-through cache rules for ${caches.map((c) => c.registry).join(', ')}`);
  return caches;
}

const KEEP_NEWEST = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: 'The newest images stay',
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 10 },
      action: { type: 'expire' },
    },
  ],
});

/**
 * The secret that ECR reads. It needs a value of the right form when the rule is made, so that Secrets Manager thinks one up.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
function credentialsOf(scope: Construct, id: string, registry: string, props: ImageRegistryProps): string {
  const theirs = props.pullThroughCredentials?.[registry];
  if (theirs) return theirs.secretArn;
  const secret = new Secret(scope, `${id}Credentials`, {
    // ECR demands the prefix.
    secretName: SECRET_PREFIX + physicalName(scope, { max: 60, separator: '-' }) + `-${id.toLowerCase()}`,
    description: `Credentials for ${registry}`,
    generateSecretString: { secretStringTemplate: '{"username":"nobody"}', generateStringKey: 'accessToken', excludePunctuation: true },
    removalPolicy: removalOf(props.environment),
  });
  acknowledge(secret, { SMG4: 'The credentials come from another company, which has no way to rotate them from here.' });
  const { region } = Stack.of(scope);
  new CfnOutput(scope, `${id}CredentialsCommand`, {
    value: `printf %s "$(cat)" | aws secretsmanager put-secret-value --region ${region} --secret-id ${secret.secretArn} --secret-string file:///dev/stdin`,
    description: `Puts the credentials for ${registry}: run it, paste {"username":"...","accessToken":"..."}, press Enter and Ctrl-D`,
  });
  return secret.secretArn;
}

/** Lets somebody pull through the cache. Whoever is the first to pull an image has ECR make its repository. */
export function grantCached(grantee: IGrantable, repositories: readonly string[]): Grant {
  if (!repositories.length) return Grant.drop(grantee, 'there is no cache');
  const { grantPrincipal } = grantee;
  if (Construct.isConstruct(grantPrincipal)) {
    acknowledgeWildcards(grantPrincipal, repositories, 'The cache has a repository for each image that was ever pulled.');
    acknowledge(grantPrincipal, { 'IAM5[Resource::*]': 'ecr:GetAuthorizationToken knows no resources.' });
  }
  const login = Grant.addToPrincipal({ grantee, actions: ['ecr:GetAuthorizationToken'], resourceArns: ['*'] });
  return login.combine(
    Grant.addToPrincipal({
      grantee,
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:BatchImportUpstreamImage',
        'ecr:CreateRepository',
        'ecr:GetDownloadUrlForLayer',
      ],
      resourceArns: [...repositories],
    }),
  );
}

/**
 * Lets another account pull, by the repository's own policy: whom that account lets, and its Lambda functions.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#configuration-images-xaccount-permissions
 */
export function letAccountPull(repository: IRepository, account: string): void {
  const pull = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
  const { partition, region } = Stack.of(repository);
  repository.addToResourcePolicy(
    new PolicyStatement({ principals: [new AccountPrincipal(account)], actions: ['ecr:BatchCheckLayerAvailability', ...pull] }),
  );
  repository.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('lambda.amazonaws.com')],
      actions: pull,
      conditions: { ArnLike: { 'aws:SourceArn': `arn:${partition}:lambda:${region}:${account}:function:*` } },
    }),
  );
}
