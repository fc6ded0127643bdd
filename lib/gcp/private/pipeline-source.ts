import { Cloudbuildv2ConnectionConfig } from '@cdktf/provider-google/lib/cloudbuildv2-connection';
import { Repository, RepositoryProvider } from '../../core';
import { Checks, isUnresolved } from '../../core/errors';
import { SUPPORT } from '../support';

const HOST: { readonly [provider: string]: string } = {
  [RepositoryProvider.GITHUB]: 'https://github.com',
  [RepositoryProvider.GITLAB]: 'https://gitlab.com',
  [RepositoryProvider.BITBUCKET]: 'https://bitbucket.org',
};

/** Secret versions that open a connection, and who is asked. */
export interface ConnectionSecrets {
  readonly repository: Repository;
  readonly githubAppInstallationId?: number;
  readonly tokenSecretVersion?: string;
  readonly readTokenSecretVersion?: string;
  readonly webhookSecretVersion?: string;
}

/** Where a repository is cloned from. */
export function remoteUri({ provider, owner, name }: Repository): string {
  return `${HOST[provider]}/${owner}/${name}.git`;
}

/** Checks where the code lives. */
export function checkRepository(checks: Checks, { provider, owner, name, branch }: Repository): void {
  if (provider === RepositoryProvider.AZURE_REPOS)
    checks.refuse(
      'unsupported',
      'repository.provider',
      provider,
      SUPPORT['pipelines.provider.azure-repos'].reason!,
      'write github, gitlab or bitbucket, or leave this cloud out',
    );
  const word = (prop: string, value: string | undefined, pattern: RegExp, such: string) =>
    checks.require(
      value === undefined || isUnresolved(value) || pattern.test(value),
      'name',
      `repository.${prop}`,
      value,
      `not a name that a ${prop === 'branch' ? 'branch' : 'repository'} can have`,
      `write it as in its address, such as ${such}`,
    );
  word('owner', owner, /^[\w.-]+(\/[\w.-]+)*$/, 'acme');
  word('name', name, /^[\w.-]+$/, 'housing');
  word('branch', branch, /^[\w./@#+-]+$/, 'main');
}

/** Checks what opens a connection. */
export function checkConnection(checks: Checks, props: ConnectionSecrets & { readonly connection?: string }): void {
  const { repository, connection, tokenSecretVersion: token } = props;
  const github = repository.provider === RepositoryProvider.GITHUB;
  const versions = ['tokenSecretVersion', 'readTokenSecretVersion', 'webhookSecretVersion'] as const;
  for (const prop of versions)
    checks.require(
      props[prop] === undefined || isUnresolved(props[prop]) || /^projects\/[^/]+\/secrets\/[^/]+\/versions\/[^/]+$/.test(props[prop]!),
      'syntax',
      prop,
      props[prop],
      'not a version of a secret',
      'write projects/P/secrets/S/versions/latest',
    );
  checks.require(
    connection === undefined || isUnresolved(connection) || /^[\w-]+$/.test(connection),
    'name',
    'connection',
    connection,
    'not the name of a connection',
    'write its name only, such as github',
  );
  if (connection !== undefined && token !== undefined)
    checks.refuse('conflict', 'tokenSecretVersion', token, 'the connection exists already', 'leave out the token, or the connection');
  if (token !== undefined && github && props.githubAppInstallationId === undefined)
    checks.refuse(
      'missing',
      'githubAppInstallationId',
      undefined,
      'a token opens GitHub only together with the installation of the Cloud Build app',
      'write the number at the end of the address where GitHub shows the installed app',
    );
  if (token !== undefined && !github && props.webhookSecretVersion === undefined)
    checks.refuse(
      'missing',
      'webhookSecretVersion',
      undefined,
      `${repository.provider} announces commits by a webhook, which is signed`,
      'write the version of a secret that holds a random text',
    );
  if (token === undefined && (props.githubAppInstallationId ?? props.readTokenSecretVersion ?? props.webhookSecretVersion) !== undefined)
    checks.refuse('missing', 'tokenSecretVersion', undefined, 'a connection is opened with a token', 'write the version of its secret');
}

/** The part of a connection that differs by who is asked. */
export function connectionConfig(props: ConnectionSecrets): Partial<Cloudbuildv2ConnectionConfig> {
  const token = props.tokenSecretVersion!;
  const tokens = {
    authorizerCredential: { userTokenSecretVersion: token },
    readAuthorizerCredential: { userTokenSecretVersion: props.readTokenSecretVersion ?? token },
    webhookSecretSecretVersion: props.webhookSecretVersion ?? '',
  };
  switch (props.repository.provider) {
    case RepositoryProvider.GITLAB:
      return { gitlabConfig: tokens };
    case RepositoryProvider.BITBUCKET:
      return { bitbucketCloudConfig: { ...tokens, workspace: props.repository.owner } };
    default:
      return {
        githubConfig: {
          appInstallationId: props.githubAppInstallationId,
          authorizerCredential: { oauthTokenSecretVersion: token },
        },
      };
  }
}

/** The commands that make a connection by hand, also where nothing was ever built. */
export function connectCommand(repository: Repository, connection: string, project: string, region: string): string {
  const github = repository.provider === RepositoryProvider.GITHUB;
  const secret = (name: string) => `projects/${project}/secrets/${name}/versions/latest`;
  const tokens = [
    `--authorizer-token-secret-version=${secret('API_TOKEN')}`,
    `--read-authorizer-token-secret-version=${secret('READ_TOKEN')}`,
    `--webhook-secret-secret-version=${secret('WEBHOOK')}`,
  ];
  const make = {
    [RepositoryProvider.GITHUB]: ['github', connection],
    [RepositoryProvider.GITLAB]: ['gitlab', connection, ...tokens],
    [RepositoryProvider.BITBUCKET]: ['bitbucket-cloud', connection, `--workspace=${repository.owner}`, ...tokens],
    [RepositoryProvider.AZURE_REPOS]: [],
  }[repository.provider];
  const agent = `service-$(gcloud projects describe ${project} --format='value(projectNumber)')@gcp-sa-cloudbuild.iam.gserviceaccount.com`;
  // Cloud Build itself keeps the token that GitHub gives it, and reads those that the others are opened with.
  const role = `roles/secretmanager.${github ? 'admin' : 'secretAccessor'}`;
  return [
    `gcloud services enable cloudbuild.googleapis.com secretmanager.googleapis.com --project=${project}`,
    `gcloud beta services identity create --service=cloudbuild.googleapis.com --project=${project}`,
    `gcloud projects add-iam-policy-binding ${project} --member="serviceAccount:${agent}" --role=${role} --condition=None`,
    ['gcloud builds connections create', ...make, `--project=${project}`, `--region=${region}`].join(' '),
  ].join(' && ');
}
