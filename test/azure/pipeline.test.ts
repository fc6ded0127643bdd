import { TerraformStack, Testing } from 'cdktf';
import { parse } from 'yaml';
import { AppServiceInference, IAppServiceInference } from '../../lib/azure/inference';
import { BuildPipeline, BuildPipelineProps } from '../../lib/azure/pipeline';
import { ContainerImage, Duration, ImageOwner, PipelineStage, RepositoryProvider, Rollout } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { problemsOf } from '../contract/room';
import { Body, FakeGroup, FakeLogs, FakeNetwork, FakeRegistry, synth, Synthesized } from './helper';

const GITHUB = { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' };
const DEV_OPS = { organization: 'acme', project: 'ML', repositoryConnectionId: '22222222-2222-2222-2222-222222222222' };
type Given = Partial<BuildPipelineProps> & { readonly deploys?: Rollout; readonly logs?: boolean; readonly pool?: string };

function make(stack: TerraformStack, given: Given = {}): { pipeline: BuildPipeline; registry: FakeRegistry } {
  const { deploys, logs, pool, ...props } = given;
  const resourceGroup = new FakeGroup(stack, 'Group');
  const registry = new FakeRegistry(stack, 'Registry', pool);
  const pipeline = new BuildPipeline(stack, 'Release', {
    resourceGroup,
    registry,
    repository: GITHUB,
    logWorkspace: logs ? new FakeLogs(stack, 'Logs') : undefined,
    service: deploys && predict(stack, deploys),
    ...props,
  });
  return { pipeline, registry };
}
function predict(stack: TerraformStack, rollout: Rollout, imageOwner = ImageOwner.PIPELINE): IAppServiceInference {
  return new AppServiceInference(stack, 'InferencePredict', {
    resourceGroup: new FakeGroup(stack, 'PredictGroup'),
    network: new FakeNetwork(stack, 'Network'),
    image: ContainerImage.fromReference('ghcr.io/acme/housing:1.4'),
    imageOwner,
    rollout,
  });
}
const pipeline = (given: Given = {}): Synthesized => synth((stack) => void make(stack, given));
/** What `terraform output -raw` would print. */
const printed = (s: Synthesized, name: string): string => s.output(`Release_${name}`).replaceAll('$${', '${').replaceAll('%%{', '%{');
const file = (s: Synthesized): Body => parse(printed(s, 'File'));
const stagesOf = (f: Body): Body[] =>
  f.stages
    .flatMap((s: Body) => Object.entries(s).flatMap(([key, value]) => (key.startsWith('${{') ? (value as Body[]) : [s])))
    .filter((s: Body, i: number, all: Body[]) => all.indexOf(s) === i);
const names = (f: Body): string[] => stagesOf(f).map((s) => s.stage);
const steps = (f: Body, stage: string): Body[] =>
  stagesOf(f)
    .find((s) => s.stage === stage)!
    .jobs.flatMap((j: Body) => j.steps);
const refusal = (given: Given, prop: string): string | undefined => {
  const found = problemsOf(() => pipeline(given)).find((p) => p.prop === prop);
  return found && `${found.reason}; ${found.instead}`;
};

describe('the pipeline file', () => {
  test('builds on every commit of the branch', () => {
    expect(file(pipeline({ repository: { ...GITHUB, branch: 'trunk' } }))).toMatchObject({
      trigger: { batch: true, branches: { include: ['trunk'] } },
      pr: 'none',
      pool: { vmImage: 'ubuntu-24.04' },
    });
  });

  test('lints, tests and builds where there is no service to deploy', () => {
    const f = file(pipeline());
    expect(names(f)).toEqual(['Lint', 'Test', 'Build']);
    expect(f.parameters).toBeUndefined();
    expect(steps(f, 'Lint').slice(2)).toEqual([
      { script: 'make install', workingDirectory: '.' },
      { script: 'make lint', workingDirectory: '.' },
    ]);
    expect(steps(f, 'Test')[1]).toEqual({ task: 'UsePythonVersion@0', inputs: { versionSpec: '3.11' } });
  });

  test('runs the commands that are given, where they are to run', () => {
    const f = file(pipeline({ directory: 'services/housing', lintCommands: ['ruff check: .', '- x'], pythonVersion: '3.12' }));
    expect(steps(f, 'Lint').slice(1)).toEqual([
      { task: 'UsePythonVersion@0', inputs: { versionSpec: '3.12' } },
      { script: 'ruff check: .', workingDirectory: 'services/housing' },
      { script: '- x', workingDirectory: 'services/housing' },
    ]);
  });

  test('has the stages that are asked for, in their order', () => {
    expect(names(file(pipeline({ stages: [PipelineStage.BUILD, PipelineStage.LINT] })))).toEqual(['Lint', 'Build']);
  });

  test('builds in the registry, under the commit', () => {
    const s = pipeline({ directory: 'housing', context: 'app' });
    expect(file(s).variables).toEqual({ REGISTRY: 'acmeml', REPOSITORY: 'release', TAG: '$(Build.SourceVersion)' });
    expect(steps(file(s), 'Build')[1].inputs).toMatchObject({
      azureSubscription: 'test-release-d4a4b6c2',
      inlineScript: 'set -euo pipefail\naz acr build --registry "$REGISTRY" --image "$REPOSITORY:$TAG" "housing/app"\n',
    });
  });

  test('starts a machine for a registry that builds in its own network', () => {
    const script = steps(file(pipeline({ pool: 'builders' })), 'Build')[1].inputs.inlineScript;
    expect(script).toContain('az acr build --registry "$REGISTRY" --image "$REPOSITORY:$TAG" --agent-pool "builders" "."');
    expect(script).toContain("trap 'scale 0' EXIT\nscale 1\n");
  });

  test('runs on agents of one’s own, if there are some', () => {
    expect(file(pipeline({ agentPool: 'ML agents' })).pool).toEqual({ name: 'ML agents' });
  });

  test('deploys an image that exists already, when it is run with its tag', () => {
    const f = file(pipeline({ deploys: Rollout.canary() }));
    expect(f.parameters).toMatchObject([{ name: 'tag', type: 'string', default: 'commit' }]);
    expect(f.variables).toMatchObject({
      REPOSITORY: 'inference-predict',
      LOGIN_SERVER: 'acmeml.azurecr.io',
      "${{ if eq(parameters.tag, 'commit') }}": { TAG: '$(Build.SourceVersion)' },
      '${{ else }}': { TAG: '${{ parameters.tag }}' },
    });
    expect(Object.keys(f.stages[0])).toEqual(["${{ if eq(parameters.tag, 'commit') }}"]);
    expect(f.stages.slice(1).map((s: Body) => s.stage)).toEqual(['Deploy']);
  });

  test('waits for somebody to approve', () => {
    const f = file(pipeline({ deploys: Rollout.canary(), approval: true }));
    expect(names(f)).toEqual(['Lint', 'Test', 'Build', 'Approve', 'Deploy']);
    expect(stagesOf(f)[3].jobs[0]).toMatchObject({
      pool: 'server',
      steps: [{ task: 'ManualValidation@1', inputs: { notifyUsers: '$(Build.RequestedForEmail)', onTimeout: 'reject' } }],
    });
  });

  test('waits for one of those who may approve', () => {
    const f = file(pipeline({ deploys: Rollout.canary(), approval: true, approvers: ['ml@example.com', '[ML]\\Leads'] }));
    expect(steps(f, 'Approve')[0].inputs).toMatchObject({
      approvers: 'ml@example.com,[ML]\\Leads',
      notifyUsers: 'ml@example.com,[ML]\\Leads',
    });
  });

  test.each<[string, Rollout, string[]]>([
    [
      'a canary',
      Rollout.canary({ percent: 25 }),
      [
        'Put the version into the staging slot',
        'Wait until it is healthy',
        'Give it 25 % of the traffic for 10 minutes',
        'Swap the slots',
        'Watch it',
        'Put the previous version back',
      ],
    ],
    [
      'blue and green',
      Rollout.blueGreen(),
      ['Put the version into the staging slot', 'Wait until it is healthy', 'Swap the slots', 'Watch it', 'Put the previous version back'],
    ],
    ['all at once', Rollout.allAtOnce(), ['Put the version into service', 'Watch it', 'Put the previous version back']],
  ])('rolls out by %s', (_, rollout, expected) => {
    const s = steps(file(pipeline({ deploys: rollout })), 'Deploy').slice(1);
    expect(s.map((step) => step.displayName)).toEqual(expected);
    expect(s.at(-1)!.condition).toMatch(/or\(failed\(\), canceled\(\)\)/);
  });

  test('stays logged in while a canary is watched for longer than a session lasts', () => {
    const watching = (minutes: number): Body =>
      steps(file(pipeline({ deploys: Rollout.canary({ percent: 5, interval: Duration.minutes(minutes) }) })), 'Deploy')[3].inputs;
    expect(watching(120).keepAzSessionActive).toBe(true);
    expect(watching(30)).not.toHaveProperty('keepAzSessionActive');
  });

  test('has time to take everything back when somebody cancels it', () => {
    expect(stagesOf(file(pipeline({ deploys: Rollout.canary() }))).at(-1)!.jobs[0].cancelTimeoutInMinutes).toBe(30);
  });

  test('tells the log of a run that failed', () => {
    const s = pipeline({ logs: true });
    const f = file(s);
    expect(stagesOf(f).at(-1)).toMatchObject({ stage: 'Notify', condition: 'failed()', dependsOn: ['Lint', 'Test', 'Build'] });
    const deploying = file(pipeline({ logs: true, deploys: Rollout.canary() }));
    expect(deploying.stages.at(-1).dependsOn).toEqual([{ "${{ if eq(parameters.tag, 'commit') }}": ['Lint', 'Test', 'Build'] }, 'Deploy']);
    expect(f.variables.RUN_LOG).toMatch(/^\$\{nonsensitive\(azurerm_application_insights\..*\.connection_string\)\}$/);
    expect(s.only('azurerm_application_insights').local_authentication_disabled).toBe(true);
  });
});

describe('what the pipeline may do', () => {
  test('it builds and pushes, and nothing else', () => {
    let granted: FakeRegistry['granted'] = [];
    const s = synth((stack) => {
      granted = make(stack).registry.granted;
    });
    expect(granted.map((g) => g.role)).toEqual(['push']);
    expect(s.all('azurerm_role_assignment').map((r) => `${r.role_definition_name} on ${r.scope.split('/').pop()}`)).toEqual([
      'Container Registry Tasks Contributor on acmeml',
    ]);
  });

  test('it deploys the one service, and writes to its log', () => {
    const s = pipeline({ deploys: Rollout.canary(), logs: true });
    expect(
      s
        .all('azurerm_role_assignment')
        .map((r) => `${r.role_definition_name} on ${r.scope.replace(/\.\w+\.id/, '')}`)
        .sort(),
    ).toEqual([
      expect.stringMatching(/^Container Registry Tasks Contributor on .*acmeml$/),
      'Monitoring Metrics Publisher on ${azurerm_application_insights}',
      'Monitoring Reader on ${azurerm_linux_web_app}',
      'Website Contributor on ${azurerm_linux_web_app}',
    ]);
  });

  test('it has nothing to do with the registry when it builds nothing', () => {
    const s = pipeline({ stages: [PipelineStage.TEST] });
    expect([...s.all('azurerm_role_assignment'), ...s.all('azurerm_container_registry_task')]).toEqual([]);
  });
});

describe('ACR Tasks', () => {
  test('build on commit and on a new base image, once there is a token', () => {
    const s = pipeline({ directory: 'housing', context: 'app' });
    const [name, variable] = Object.entries<Body>(s.json.variable)[0];
    expect(variable).toMatchObject({ sensitive: true, default: '', nullable: false });
    expect(s.only('azurerm_container_registry_task')).toMatchObject({
      count: `\${var.${name} == "" ? 0 : 1}`,
      docker_step: {
        context_path: 'https://github.com/acme/housing#main:housing/app',
        context_access_token: `\${var.${name}}`,
        image_names: ['release:{{.Run.ID}}'],
      },
      source_trigger: [
        { source_type: 'Github', branch: 'main', events: ['commit'], authentication: { token: `\${var.${name}}`, token_type: 'PAT' } },
      ],
      base_image_trigger: { type: 'Runtime' },
    });
  });

  test('read Azure Repos, too', () => {
    const s = pipeline({ repository: { provider: RepositoryProvider.AZURE_REPOS, owner: 'acme/ml', name: 'housing' } });
    expect(s.only('azurerm_container_registry_task').source_trigger[0]).toMatchObject({
      source_type: 'VisualStudioTeamService',
      repository_url: 'https://dev.azure.com/acme/ml/_git/housing',
    });
  });

  test('do not read Bitbucket', () => {
    const s = pipeline({ repository: { ...GITHUB, provider: RepositoryProvider.BITBUCKET } });
    expect(s.all('azurerm_container_registry_task')).toEqual([]);
    expect(s.json.variable).toBeUndefined();
  });
});

describe('in Azure DevOps', () => {
  test('the pipeline reads the file, and reaches Azure without a secret', () => {
    const s = pipeline({ azureDevOps: DEV_OPS, filePath: '.azure/release.yml' });
    expect(s.json.terraform.required_providers.azuredevops).toEqual({ source: 'microsoft/azuredevops', version: '~> 1.6' });
    expect(s.json.provider.azuredevops).toEqual([{ alias: 'acme', org_service_url: 'https://dev.azure.com/acme' }]);
    expect(s.only('azuredevops_build_definition')).toMatchObject({
      name: 'test-release-d4a4b6c2',
      provider: 'azuredevops.acme',
      ci_trigger: [{ use_yaml: true }],
      repository: [
        {
          repo_type: 'GitHub',
          repo_id: 'acme/housing',
          branch_name: 'main',
          yml_path: '.azure/release.yml',
          service_connection_id: DEV_OPS.repositoryConnectionId,
        },
      ],
    });
    const connection = s.only('azuredevops_serviceendpoint_azurerm');
    expect(connection.service_endpoint_authentication_scheme).toBe('WorkloadIdentityFederation');
    expect(connection.service_endpoint_name).toBe(steps(file(s), 'Build')[1].inputs.azureSubscription);
    expect(connection.credentials).toEqual([{ serviceprincipalid: expect.stringContaining('client_id') }]);
    expect(s.only('azurerm_federated_identity_credential')).toMatchObject({
      audience: ['api://AzureADTokenExchange'],
      issuer: expect.stringContaining('workload_identity_federation_issuer'),
      subject: expect.stringContaining('workload_identity_federation_subject'),
    });
    expect(s.only('azuredevops_pipeline_authorization').type).toBe('endpoint');
    expect(printed(s, 'Setup').split('\n')).toHaveLength(1);
  });

  test('the repository can be there, too', () => {
    const s = pipeline({
      azureDevOps: { organization: 'acme', project: 'ML' },
      repository: { provider: RepositoryProvider.AZURE_REPOS, owner: 'acme/ML', name: 'housing', branch: 'trunk' },
    });
    expect(s.only('azuredevops_build_definition').repository).toEqual([
      {
        repo_type: 'TfsGit',
        repo_id: expect.stringMatching(/^\$\{data\.azuredevops_git_repository\..*\.id\}$/),
        branch_name: 'refs/heads/trunk',
        yml_path: 'azure-pipelines.yml',
      },
    ]);
  });

  test('two pipelines share the provider of their organization', () => {
    const s = synth((stack) => {
      for (const id of ['One', 'Two'])
        new BuildPipeline(stack, id, {
          resourceGroup: new FakeGroup(stack, `${id}Group`),
          registry: new FakeRegistry(stack, `${id}Registry`),
          repository: GITHUB,
          azureDevOps: DEV_OPS,
        });
    });
    expect(s.json.provider.azuredevops).toHaveLength(1);
  });

  test('it is run by one command', () => {
    expect(printed(pipeline({ azureDevOps: DEV_OPS }), 'Run')).toBe(
      "az pipelines run --name test-release-d4a4b6c2 --branch main --organization https://dev.azure.com/acme --project 'ML'",
    );
  });

  test('it is made by commands where nobody said where', () => {
    const lines = printed(pipeline(), 'Setup').split('\n');
    expect(lines[0]).toMatch(/^terraform output -raw Release_File_\w+ > azure-pipelines\.yml /);
    expect(lines.at(-2)).toMatch(/^az identity federated-credential create --identity-name test-release-d4a4b6c2 --resource-group ml /);
    expect(lines.at(-1)).toBe(
      'az pipelines create --name test-release-d4a4b6c2 --repository acme/housing --repository-type github --branch main --yaml-path azure-pipelines.yml',
    );
    expect(pipeline().json.provider.azuredevops).toBeUndefined();
  });
});

describe('what is refused', () => {
  test.each<[string, Given, string, string]>([
    [
      'GitLab',
      { repository: { ...GITHUB, provider: RepositoryProvider.GITLAB } },
      'repository.provider',
      'Azure Pipelines reads pipeline files from GitHub, Bitbucket and Azure Repos only; write github, bitbucket or azure-repos, or leave this cloud out with on:',
    ],
    [
      'a repository of Azure Repos without a project',
      { repository: { ...GITHUB, provider: RepositoryProvider.AZURE_REPOS } },
      'repository.owner',
      'a repository of Azure Repos belongs to a project of an organization; write organization/project, such as acme/ml',
    ],
    [
      'GitHub without a connection to it',
      { azureDevOps: { organization: 'acme', project: 'ML' } },
      'azureDevOps.repositoryConnectionId',
      "Azure Pipelines reads github through a service connection, and none is given; run: az devops service-endpoint list --organization https://dev.azure.com/acme --project 'ML' --output table, and write the id of the one for github (targets.azure.devOps.repositoryConnectionId in a declaration)",
    ],
    [
      'a deploy stage with nothing to deploy',
      { stages: [PipelineStage.BUILD, PipelineStage.DEPLOY] },
      'service',
      'there is a deploy stage, but nothing to deploy; write service:, or leave the deploy stage out',
    ],
    [
      'a service that is not built',
      { deploys: Rollout.canary(), stages: [PipelineStage.DEPLOY] },
      'stages',
      'a service is to be deployed, but the build or the deploy stage is missing; add build and deploy, or leave service out',
    ],
    ['no stage at all', { stages: [] }, 'stages', 'a pipeline without stages does nothing; write stages: [build]'],
    [
      'an approval of nothing',
      { approval: true },
      'approval',
      'there is no deploy stage to approve; add the deploy stage, or leave approval out',
    ],
    [
      'approvers of nothing',
      { deploys: Rollout.canary(), approvers: ['ml@example.com'] },
      'approvers',
      'nothing has to be approved; write approval: true, or leave approvers out',
    ],
    [
      'a stage without commands',
      { lintCommands: [] },
      'lintCommands',
      'a stage without commands does nothing; write a command, or leave the stage out of stages',
    ],
    [
      'a folder outside of the repository',
      { directory: 'housing', context: '../../app' },
      'context',
      'not a folder of the repository; write a path below the top of the repository, in letters, digits, dots, dashes and underscores',
    ],
    [
      'a pipeline file outside of the repository',
      { filePath: '../azure-pipelines.yml' },
      'filePath',
      'not the path of a YAML file in the repository; write a path such as .azure/release.yml',
    ],
  ])('%s', (_, given, prop, words) => {
    expect(refusal(given, prop)).toBe(words);
  });

  test('a service whose image the stack owns', () => {
    const stack = new TerraformStack(Testing.app(), 'test');
    expect(problemsOf(() => make(stack, { service: predict(stack, Rollout.allAtOnce(), ImageOwner.STACK) }))).toMatchObject([
      {
        prop: 'service',
        value: 'test/InferencePredict',
        reason: 'the stack owns its image, and would undo what the pipeline deploys',
        instead: 'write imageOwner: pipeline on the service',
      },
    ]);
  });

  test('a service of somebody else’s that has no slot for its rollout', () => {
    const stack = new TerraformStack(Testing.app(), 'test');
    const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web';
    const service = AppServiceInference.fromAppServiceInferenceAttributes(stack, 'Ours', {
      webAppId: `${id}/sites/ours`,
      servicePlanId: `${id}/serverfarms/ours`,
      rollout: Rollout.blueGreen(),
    });
    expect(problemsOf(() => make(stack, { service }))).toMatchObject([
      {
        prop: 'service',
        reason: 'a blue-green rollout tries versions in a slot, and the service has none',
        instead: 'write stagingSlotName: on the service, or rollout: Rollout.allAtOnce()',
      },
    ]);
  });
});

test('the parity report says what remains to be done by hand', () => {
  const report = (given: Given) => {
    const stack = new TerraformStack(Testing.app(), 'test');
    make(stack, given);
    return parity
      .report(stack)
      .filter((e) => e.path.startsWith('test/Release'))
      .map((e) => `${e.path.replace('test/Release', '') || '.'} ${e.kind}`);
  };
  expect(report({ deploys: Rollout.canary(), approval: true, azureDevOps: DEV_OPS, logs: true })).toEqual([
    '. mapped',
    '.approval mapped',
    '.repository mapped',
  ]);
  expect(report({})).toEqual(['. mapped', '. approximated', '.repository approximated']);
  expect(report({ logs: true, pool: 'build', azureDevOps: DEV_OPS })).toEqual(['. mapped', '. approximated', '.repository mapped']);
});
