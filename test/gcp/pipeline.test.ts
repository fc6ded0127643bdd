import { TerraformStack } from 'cdktf';
import { Access, ContainerImage, Duration, ImageOwner, PipelineStage, RepositoryProvider, Rollout } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { CloudRunInference, CloudRunInferenceProps } from '../../lib/gcp/inference';
import { BuildPipeline, BuildPipelineProps, SourceRepository, SourceRepositoryProps } from '../../lib/gcp/pipeline';
import { problemsOf } from '../contract/room';
import { ALICE, FakeRegistry, Json, PLACE, ROOM, Synthesized, synth } from './helper';

type Extra = Partial<BuildPipelineProps> & { readonly deploys?: Partial<CloudRunInferenceProps> | false };

const GITHUB = { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' };

function make(
  stack: TerraformStack,
  { deploys = {}, ...props }: Extra = {},
  id = 'Release',
): { pipeline: BuildPipeline; registry: FakeRegistry } {
  const registry = new FakeRegistry(stack, `${id}Registry`);
  const service =
    deploys &&
    new CloudRunInference(stack, `${id}Predict`, {
      ...PLACE,
      image: ContainerImage.fromReference('docker.io/acme/app:1'),
      imageOwner: ImageOwner.PIPELINE,
      ...deploys,
    });
  const pipeline = new BuildPipeline(stack, id, { ...PLACE, registry, repository: GITHUB, ...(service && { service }), ...props });
  return { pipeline, registry };
}
const pipeline = (props: Extra = {}): Synthesized => synth((stack) => void make(stack, props));
const problems = (props: Extra) => problemsOf(() => pipeline(props)).map(({ prop, reason, instead }) => ({ prop, reason, instead }));
const steps = (trigger: Json) => trigger.build.step.map((s: { id: string }) => s.id);
const build = (s: Synthesized) => s.all('google_cloudbuild_trigger').find((t) => t.repository_event_config)!;
const deploy = (s: Synthesized) => s.all('google_cloudbuild_trigger').find((t) => t.pubsub_config)!;
const env = (trigger: Json, step: string): { [name: string]: string } =>
  Object.fromEntries(
    trigger.build.step
      .find((s: { id: string }) => s.id === step)
      .env.map((e: string) => [e.slice(0, e.indexOf('=')), e.slice(e.indexOf('=') + 1)]),
  );

describe('BuildPipeline', () => {
  test('builds each commit of the main branch and asks for its deployment', () => {
    const s = pipeline();
    expect(build(s)).toMatchObject({
      location: 'europe-west4',
      name: expect.stringMatching(/^release-[0-9a-f]{8}$/),
      repository_event_config: {
        push: { branch: '^main$' },
        repository: expect.stringMatching(/^\$\{google_cloudbuildv2_repository\..*\.id\}$/),
      },
      build: { timeout: '3600s', options: { logging: 'CLOUD_LOGGING_ONLY' } },
    });
    expect(steps(build(s))).toEqual(['lint', 'test', 'build', 'release']);
    expect(build(s)).not.toHaveProperty('included_files');
  });

  test('pushes the image under the hash of the commit', () => {
    expect(env(build(pipeline()), 'build')).toMatchObject({
      IMAGE: 'europe-west4-docker.pkg.dev/acme-ml-dev/images/release-predict',
      COMMIT: '$COMMIT_SHA',
      CONTEXT: '.',
    });
  });

  test('deploys what is published to its topic, and no image but its own', () => {
    const s = pipeline();
    expect(deploy(s)).toMatchObject({
      name: `${build(s).name}-deploy`,
      pubsub_config: { topic: expect.stringMatching(/^\$\{google_pubsub_topic\..*\.id\}$/) },
      substitutions: { _IMAGE: '$(body.message.attributes.image)', _COMMIT: '$(body.message.attributes.commit)' },
      filter: '_IMAGE.startsWith("europe-west4-docker.pkg.dev/acme-ml-dev/images/release-predict@sha256:")',
      approval_config: { approval_required: false },
    });
    expect(env(build(s), 'release').TOPIC).toBe(deploy(s).pubsub_config.topic);
    expect(s.only('google_pubsub_topic').message_storage_policy).toEqual({ allowed_persistence_regions: ['europe-west4'] });
  });

  test('waits for approval before the deployment, not before the build', () => {
    const s = pipeline({ approval: true });
    expect(deploy(s).approval_config).toEqual({ approval_required: true });
    expect(build(s)).not.toHaveProperty('approval_config');
    expect(s.output('ApproveCommand')).toBe(
      `gcloud alpha builds approve --project=acme-ml-dev --location=europe-west4 "$(gcloud builds list --project=acme-ml-dev --region=europe-west4 --filter='status=PENDING AND tags=${build(s).name}' --limit=1 --format='value(id)')"`,
    );
  });

  test('takes traffic over by the rollout of the service', () => {
    const rollout = Rollout.canary({ percent: 25, interval: Duration.minutes(30) });
    const s = pipeline({ deploys: { rollout }, rollbackErrorPercent: 2 });
    expect(env(deploy(s), 'traffic')).toMatchObject({ PERCENT: '25', INTERVAL: '1800', MOST_ERRORS: '2' });
    expect(deploy(s).build.timeout).toBe('4380s');
    expect(env(deploy(pipeline()), 'traffic')).toMatchObject({ PERCENT: '0', INTERVAL: '0', MOST_ERRORS: '5' });
  });

  test('asks the health path of a service that it reaches', () => {
    const s = pipeline({ deploys: { access: Access.AUTHENTICATED, healthPath: '/ready' } });
    expect(steps(deploy(s))).toEqual(['deploy', 'smoke-test', 'traffic']);
    expect(env(deploy(s), 'smoke-test').HEALTH_PATH).toBe('/ready');
  });

  test.each<[string, Extra, string[]]>([
    ['leaves a private service to its startup probe', {}, ['deploy', 'traffic']],
    ['reaches it from a private pool', { workerPool: 'projects/p/locations/r/workerPools/w' }, ['deploy', 'smoke-test', 'traffic']],
    ['or when asked to', { smokeTest: true }, ['deploy', 'smoke-test', 'traffic']],
  ])('%s', (_, props, expected) => {
    expect(steps(deploy(pipeline(props)))).toEqual(expected);
  });

  describe('permissions', () => {
    const who = (s: Synthesized, word: string) =>
      `\${${
        Object.keys(s.json.resource.google_service_account)
          .filter((k) => k.includes(word))
          .map((k) => `google_service_account.${k}.member`)[0]
      }}`;

    test('code under test may push images, publish to the topic and write logs', () => {
      let granted: FakeRegistry['granted'] = [];
      const s = synth((stack) => {
        granted = make(stack).registry.granted;
      });
      const builder = who(s, 'Builder');
      const held = s.resources.filter((r) => /iam_member/.test(r.type) && (r.body as { member: string }).member === builder);
      expect(held.map((r) => [r.type, (r.body as { role: string }).role])).toEqual([
        ['google_project_iam_member', 'roles/logging.logWriter'],
        ['google_pubsub_topic_iam_member', 'roles/pubsub.publisher'],
      ]);
      expect(granted.map((g) => g.role)).toEqual(['pull', 'push']);
    });

    test('the deployer may deploy this service as its account, and watch a canary', () => {
      const s = pipeline({ deploys: { rollout: Rollout.canary(), access: Access.AUTHENTICATED } });
      const deployer = who(s, 'Deployer');
      const held = s.resources.filter((r) => /iam_member/.test(r.type) && (r.body as { member: string }).member === deployer);
      expect(held.map((r) => `${r.type} ${(r.body as { role: string }).role}`).sort()).toEqual([
        'google_cloud_run_v2_service_iam_member roles/run.developer',
        'google_cloud_run_v2_service_iam_member roles/run.invoker',
        'google_project_iam_member roles/logging.logWriter',
        'google_project_iam_member roles/monitoring.viewer',
        'google_service_account_iam_member roles/iam.serviceAccountUser',
      ]);
    });

    test('grants.approve lets somebody approve', () => {
      const s = synth((stack) => make(stack).pipeline.grants.approve('Alice', ALICE));
      expect(s.all('google_project_iam_member')).toContainEqual({
        project: 'acme-ml-dev',
        role: 'roles/cloudbuild.builds.approver',
        member: 'user:alice@example.com',
      });
    });
  });

  test('without a service it builds and pushes only', () => {
    const s = pipeline({ deploys: false });
    expect(s.all('google_cloudbuild_trigger').map(steps)).toEqual([['lint', 'test', 'build']]);
    expect(s.all('google_pubsub_topic')).toEqual([]);
    expect(s.all('google_service_account')).toHaveLength(1);
  });

  test('runs the stages that are asked for, in their order, and needs no registry to test', () => {
    const s = pipeline({ deploys: false, registry: undefined, stages: [PipelineStage.TEST, PipelineStage.LINT] });
    expect(steps(build(s))).toEqual(['lint', 'test']);
  });

  test('commands run in a folder, and a commit elsewhere starts nothing', () => {
    const s = pipeline({ directory: 'services/predict', context: 'app', lintCommands: ['ruff check .', 'echo ${HOME}'] });
    const [lint, , image] = build(s).build.step;
    expect(lint).toMatchObject({
      name: 'python:3.11',
      dir: 'services/predict',
      script: '#!/usr/bin/env bash\nset -euo pipefail\nruff check .\necho $${HOME}\n',
    });
    expect(image.dir).toBe('services/predict');
    expect(env(build(s), 'build').CONTEXT).toBe('app');
    expect(build(s).included_files).toEqual(['services/predict/**']);
  });

  test('takes the machine, tool image, image name and time that are asked for', () => {
    const s = pipeline({ machineType: 'E2_HIGHCPU_8', toolImage: 'python:3.13', imageName: 'api', timeout: Duration.minutes(5) });
    expect(build(s).build).toMatchObject({ timeout: '300s', options: { machine_type: 'E2_HIGHCPU_8' } });
    expect(build(s).build.step[0].name).toBe('python:3.13');
    expect(env(build(s), 'build').IMAGE).toMatch(/\/images\/api$/);
  });

  test('a branch is matched letter by letter', () => {
    const s = pipeline({ repository: { ...GITHUB, branch: 'release/1.0' } });
    expect(build(s).repository_event_config.push.branch).toBe('^release/1\\.0$');
    expect(s.output('RunCommand')).toBe(
      `gcloud builds triggers run ${build(s).name} --project=acme-ml-dev --region=europe-west4 --branch=release/1.0`,
    );
  });

  test('both triggers are found by the name of the pipeline', () => {
    const s = pipeline();
    expect([build(s), deploy(s)].map((t) => t.build.tags)).toEqual([[build(s).name], [build(s).name]]);
  });

  test('two pipelines of one repository share its link', () => {
    const s = synth((stack) => {
      make(stack, {}, 'One');
      make(stack, { repository: { ...GITHUB, branch: 'next' } }, 'Two');
    });
    expect(s.only('google_cloudbuildv2_repository')).toMatchObject({
      parent_connection: 'github',
      remote_uri: 'https://github.com/acme/housing.git',
    });
  });

  test('a repository that is linked already is used', () => {
    const repositoryId = 'projects/p/locations/r/connections/c/repositories/n';
    const s = synth((stack) => {
      make(stack, { source: SourceRepository.fromSourceRepositoryAttributes(stack, 'Linked', { repositoryId }) });
    });
    expect(build(s).repository_event_config.repository).toBe(repositoryId);
    expect(s.all('google_cloudbuildv2_repository')).toEqual([]);
  });

  test('says what it became, and that the connection is made by hand', () => {
    let entries: unknown[] = [];
    synth((stack) => {
      make(stack, { approval: true });
      entries = parity
        .report(stack)
        .filter((e) => e.path.startsWith('test/Release'))
        .map((e) => [e.path, e.kind, e.became]);
    });
    expect(entries).toEqual(
      expect.arrayContaining([
        ['test/Release', 'mapped', 'Cloud Build triggers: one builds, one deploys (lint, test, build, deploy)'],
        ['test/Release.approval', 'mapped', 'the deploy trigger waits for approval'],
        ['test/Release.repository.provider', 'approximated', 'Cloud Build repository in a connection to GitHub of the name github'],
      ]),
    );
  });

  test('two syntheses are byte-identical', () => {
    expect(pipeline({ approval: true }).text).toBe(pipeline({ approval: true }).text);
  });

  describe('refuses', () => {
    test('with the whole message', () => {
      expect(() => pipeline({ deploys: { imageOwner: ImageOwner.STACK } })).toThrow(
        new Error(
          `gcp.BuildPipeline 'test/Release': service "test/ReleasePredict": the stack owns its image and would undo every deployment; write imageOwner: ImageOwner.PIPELINE there`,
        ),
      );
    });

    test.each<[string, Extra, string, string, string]>([
      [
        'Azure Repos',
        { repository: { ...GITHUB, provider: RepositoryProvider.AZURE_REPOS } },
        'repository.provider',
        'Cloud Build connects to GitHub, GitLab and Bitbucket only',
        'write github, gitlab or bitbucket, or leave this cloud out',
      ],
      [
        'a deployment of nothing',
        { deploys: false, stages: [PipelineStage.BUILD, PipelineStage.DEPLOY] },
        'service',
        'there is a deploy stage, but nothing to deploy',
        'give a service, or leave the stage out',
      ],
      [
        'a service that is not built',
        { stages: [PipelineStage.TEST, PipelineStage.DEPLOY] },
        'stages',
        'a service is to be deployed, but the build or the deploy stage is missing',
        'add build and deploy, or leave the service out',
      ],
      ['no registry', { registry: undefined }, 'registry', 'the build stage has no registry to push to', 'give an ImageRegistry'],
      [
        'approval of nothing',
        { deploys: false, approval: true },
        'approval',
        'there is no deploy stage to approve',
        'add the deploy stage, or leave approval out',
      ],
      ['no stage', { deploys: false, stages: [] }, 'stages', 'a pipeline without a stage does nothing', 'write at least one'],
      ['no command', { testCommands: [] }, 'testCommands', 'the test stage has nothing to run', 'write a command, or leave the stage out'],
      [
        'a folder outside',
        { directory: '../other' },
        'directory',
        'not a path within the repository',
        'write it relative to the top, such as services/predict',
      ],
      [
        'a folder that is absolute',
        { context: '/app' },
        'context',
        'not a path within the repository',
        'write it relative to the top, such as services/predict',
      ],
      [
        'a repository by its address',
        { repository: { ...GITHUB, name: 'https://github.com/acme/housing' } },
        'repository.name',
        'not a name that a repository can have',
        'write it as in its address, such as housing',
      ],
      [
        'a machine beside a pool',
        { machineType: 'E2_HIGHCPU_8', workerPool: 'projects/p/locations/r/workerPools/w' },
        'machineType',
        'the machines of a private pool are chosen with the pool',
        'leave it out',
      ],
      ['more than a day', { timeout: Duration.days(2) }, 'timeout', 'a build runs for a minute to a day', 'write 24h or less'],
      [
        'more errors than requests',
        { rollbackErrorPercent: 101 },
        'rollbackErrorPercent',
        'a share of requests allows 0 to 100',
        'write a number from 0 to 100',
      ],
    ])('%s', (_, props, prop, reason, instead) => {
      expect(problems(props)).toEqual([{ prop, reason, instead }]);
    });

    test('a canary of a service from elsewhere that is longer than a build', () => {
      const service = (stack: TerraformStack) =>
        CloudRunInference.fromCloudRunInferenceAttributes(stack, 'Old', {
          ...PLACE,
          serviceName: 'old',
          url: 'https://old.run.app',
          serviceAccountEmail: 'old@acme-ml-dev.iam.gserviceaccount.com',
          rollout: Rollout.canary({ interval: Duration.days(1) }),
        });
      expect(problemsOf(() => synth((stack) => void make(stack, { deploys: false, service: service(stack) })))).toEqual([
        expect.objectContaining({
          prop: 'service',
          value: '1d',
          instead: 'write an interval of 22h or less in the rollout of the service',
        }),
      ]);
    });

    test('to stand under a CDK app', () => {
      expect(() => new BuildPipeline(ROOM.wrongRoot(), 'Release', { ...PLACE, repository: GITHUB })).toThrow(/TerraformStack/);
    });
  });
});

describe('SourceRepository', () => {
  const source = (props: Partial<SourceRepositoryProps> = {}) =>
    synth((stack) => void new SourceRepository(stack, 'Source', { ...PLACE, repository: GITHUB, ...props }));
  const secret = (name: string) => `projects/acme-ml-dev/secrets/${name}/versions/latest`;

  test('is linked in the connection of the provider, and says how to make that', () => {
    const s = source();
    expect(s.only('google_cloudbuildv2_repository')).toMatchObject({
      location: 'europe-west4',
      name: expect.stringMatching(/^acme-housing-[0-9a-f]{8}$/),
      parent_connection: 'github',
    });
    expect(s.all('google_cloudbuildv2_connection')).toEqual([]);
    expect(s.output('ConnectCommand').split(' && ')).toEqual([
      'gcloud services enable cloudbuild.googleapis.com secretmanager.googleapis.com --project=acme-ml-dev',
      'gcloud beta services identity create --service=cloudbuild.googleapis.com --project=acme-ml-dev',
      expect.stringMatching(
        /^gcloud projects add-iam-policy-binding acme-ml-dev --member="serviceAccount:service-.*@gcp-sa-cloudbuild\.iam.*" --role=roles\/secretmanager\.admin --condition=None$/,
      ),
      'gcloud builds connections create github github --project=acme-ml-dev --region=europe-west4',
    ]);
  });

  test('is linked in a connection of another name', () => {
    expect(source({ connection: 'work' }).only('google_cloudbuildv2_repository').parent_connection).toBe('work');
  });

  test('GitHub is opened with a token and the installed app', () => {
    const s = source({ tokenSecretVersion: secret('github'), githubAppInstallationId: 4711 });
    expect(s.only('google_cloudbuildv2_connection').github_config).toEqual({
      app_installation_id: 4711,
      authorizer_credential: { oauth_token_secret_version: secret('github') },
    });
    expect(s.only('google_cloudbuildv2_repository').parent_connection).toMatch(/^\$\{google_cloudbuildv2_connection\..*\.name\}$/);
    expect(s.outputs).toEqual({});
  });

  test('Cloud Build may read the secrets of the connection, each once and no other', () => {
    const gitlab = { provider: RepositoryProvider.GITLAB, owner: 'acme/ml', name: 'housing' };
    const s = source({ repository: gitlab, tokenSecretVersion: secret('gitlab'), webhookSecretVersion: secret('hook') });
    expect(s.only('google_cloudbuildv2_connection').gitlab_config).toEqual({
      authorizer_credential: { user_token_secret_version: secret('gitlab') },
      read_authorizer_credential: { user_token_secret_version: secret('gitlab') },
      webhook_secret_secret_version: secret('hook'),
    });
    expect(s.all('google_secret_manager_secret_iam_member').map((m) => [m.secret_id, m.role, m.member])).toEqual(
      ['gitlab', 'hook'].map((id) => [
        id,
        'roles/secretmanager.secretAccessor',
        expect.stringMatching(
          /^serviceAccount:service-\$\{data\.google_project\..*\.number\}@gcp-sa-cloudbuild\.iam\.gserviceaccount\.com$/,
        ),
      ]),
    );
  });

  test('Bitbucket is opened in the workspace of the owner', () => {
    const s = source({
      repository: { provider: RepositoryProvider.BITBUCKET, owner: 'acme', name: 'housing' },
      tokenSecretVersion: secret('admin'),
      readTokenSecretVersion: secret('read'),
      webhookSecretVersion: secret('hook'),
    });
    expect(s.only('google_cloudbuildv2_connection').bitbucket_cloud_config).toMatchObject({
      workspace: 'acme',
      authorizer_credential: { user_token_secret_version: secret('admin') },
      read_authorizer_credential: { user_token_secret_version: secret('read') },
    });
    expect(s.only('google_cloudbuildv2_repository').remote_uri).toBe('https://bitbucket.org/acme/housing.git');
  });

  test.each<[RepositoryProvider, string]>([
    [RepositoryProvider.GITLAB, 'gcloud builds connections create gitlab gitlab --authorizer-token-secret-version='],
    [
      RepositoryProvider.BITBUCKET,
      'gcloud builds connections create bitbucket-cloud bitbucket --workspace=acme --authorizer-token-secret-version=',
    ],
  ])('says how to make a connection to %s', (provider, start) => {
    const command = source({ repository: { ...GITHUB, provider } }).output('ConnectCommand');
    expect(command.split(' && ').at(-1)!.startsWith(start)).toBe(true);
    expect(command).toContain('--role=roles/secretmanager.secretAccessor ');
  });

  test.each<[string, Partial<SourceRepositoryProps>, string, string]>([
    [
      'a token beside a connection',
      { connection: 'work', tokenSecretVersion: secret('t'), githubAppInstallationId: 1 },
      'tokenSecretVersion',
      'the connection exists already',
    ],
    [
      'a token without the app',
      { tokenSecretVersion: secret('t') },
      'githubAppInstallationId',
      'a token opens GitHub only together with the installation of the Cloud Build app',
    ],
    [
      'a token without a webhook secret',
      { repository: { ...GITHUB, provider: RepositoryProvider.GITLAB }, tokenSecretVersion: secret('t') },
      'webhookSecretVersion',
      'gitlab announces commits by a webhook, which is signed',
    ],
    ['an app without a token', { githubAppInstallationId: 1 }, 'tokenSecretVersion', 'a connection is opened with a token'],
    ['a token itself', { tokenSecretVersion: 'ghp_abc', githubAppInstallationId: 1 }, 'tokenSecretVersion', 'not a version of a secret'],
    ['a connection by its path', { connection: 'projects/p/locations/r/connections/c' }, 'connection', 'not the name of a connection'],
  ])('refuses %s', (_, props, prop, reason) => {
    expect(problemsOf(() => source(props)).map((p) => [p.prop, p.reason])).toEqual([[prop, reason]]);
  });

  test('refuses a repository of the first generation', () => {
    expect(
      problemsOf(() =>
        synth((stack) => void SourceRepository.fromSourceRepositoryAttributes(stack, 'Old', { repositoryId: 'github_acme_housing' })),
      ),
    ).toEqual([expect.objectContaining({ prop: 'repositoryId', reason: 'not a repository of Cloud Build (second generation)' })]);
  });
});
