import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { GpuTrainingCluster, GpuTrainingClusterProps, TrainingWorkspace } from '../../lib/azure/training';
import { MlNetwork } from '../../lib/azure/network';
import { ArtifactStore } from '../../lib/azure/storage';
import { Accelerator, Capacity, ContainerImage, Duration, Environment, Schedule, Size } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { problemsOf } from '../contract/room';
import { FakeGroup, FakeNetwork, FakeRegistry, SUBSCRIPTION } from './helper';
import { WithJobs, synthWithJobs } from './jobs';

const STORE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.Storage/storageAccounts/acmedata`;
const WORKSPACE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/ws`;
const existingWorkspace = (stack: Construct) =>
  TrainingWorkspace.fromTrainingWorkspaceAttributes(stack, 'Workspace', { workspaceId: WORKSPACE });
const IMAGE = ContainerImage.fromReference('ghcr.io/acme/train:1.0');

/** A cluster in an existing workspace with an existing store, so that only its own resources are seen. */
const cluster = (props: Partial<GpuTrainingClusterProps> = {}, use: (c: GpuTrainingCluster) => void = () => {}): WithJobs =>
  synthWithJobs((stack) => {
    const made = new GpuTrainingCluster(stack, 'Train', {
      resourceGroup: new FakeGroup(stack, 'Group'),
      network: new FakeNetwork(stack, 'Network'),
      artifacts: ArtifactStore.fromArtifactStoreAttributes(stack, 'Store', { storageAccountId: STORE }),
      workspace: existingWorkspace(stack),
      image: IMAGE,
      command: ['python', 'train.py'],
      accelerator: Accelerator.T4,
      ...props,
    });
    use(made);
  });

describe('the machines', () => {
  test('one compute cluster for each link of the chain, none running when idle', () => {
    const s = cluster();
    expect(s.all('azurerm_machine_learning_compute_cluster').map((c) => [c.vm_priority, c.vm_size])).toEqual([
      ['Dedicated', 'Standard_NC4as_T4_v3'],
      ['LowPriority', 'Standard_NC4as_T4_v3'],
    ]);
    for (const c of s.all('azurerm_machine_learning_compute_cluster')) {
      expect(c.name).toMatch(/^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$/);
      expect(c.scale_settings).toEqual({ min_node_count: 0, max_node_count: 1, scale_down_nodes_after_idle_duration: 'PT2M' });
    }
  });

  test('nobody reaches them from outside', () => {
    for (const c of cluster().all('azurerm_machine_learning_compute_cluster'))
      expect(c).toMatchObject({
        ssh_public_access_enabled: false,
        node_public_ip_enabled: false,
        local_auth_enabled: false,
        subnet_resource_id: expect.stringMatching(/\/subnets\/training$/),
        identity: { type: 'UserAssigned' },
      });
  });

  test('the chain decides their order; what is kept belongs to its first link', () => {
    const s = cluster({ capacity: [Capacity.ON_DEMAND, Capacity.SPOT], minNodes: 1, maxNodes: 4 }, (c) => {
      expect(c.computeNames.map((n) => n.replace(/-[0-9a-f]{8}$/, ''))).toEqual(['train-ondemand', 'train-spot']);
    });
    const [dedicated, spot] = s.all('azurerm_machine_learning_compute_cluster');
    expect([dedicated, spot].map((c) => [c.vm_priority, c.scale_settings.min_node_count, c.scale_settings.max_node_count])).toEqual([
      ['Dedicated', 1, 4],
      ['LowPriority', 0, 4],
    ]);
  });

  test('the time that they are kept can be given', () => {
    const [c] = cluster({ idleBeforeScaleDown: Duration.minutes(30) }).all('azurerm_machine_learning_compute_cluster');
    expect(c.scale_settings.scale_down_nodes_after_idle_duration).toBe('PT30M');
  });

  test('several machines on one job have InfiniBand where there is a machine that has it', () => {
    const gang = { accelerator: Accelerator.A100_80GB, acceleratorCount: 8, nodesPerJob: 2, maxNodes: 2 };
    const s = cluster(gang);
    expect(s.only('azurerm_machine_learning_compute_cluster')).toMatchObject({
      vm_priority: 'Dedicated',
      vm_size: 'Standard_ND96amsr_A100_v4',
    });
    expect(s.job).toMatchObject({
      resources: { instance_count: 2 },
      distribution: { type: 'pytorch', process_count_per_instance: 1 },
    });
    // Azure ML says who is the first machine, and which one this is.
    expect(s.job.environment_variables).toMatchObject({ NNODES: '2', NPROC_PER_NODE: '8' });
    expect(s.job.environment_variables).not.toHaveProperty('MASTER_ADDR');
  });

  test('a name that is too long is cut, and stays unique', () => {
    synthWithJobs((stack) => {
      const made = new GpuTrainingCluster(stack, 'ATrainerWithAnExceedinglyLongName', {
        resourceGroup: new FakeGroup(stack, 'Group'),
        network: new FakeNetwork(stack, 'Network'),
        image: IMAGE,
        command: ['train'],
        accelerator: Accelerator.T4,
      });
      for (const name of made.computeNames) expect(name).toMatch(/^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$/);
      expect(new Set(made.computeNames).size).toBe(2);
    });
  });
});

describe('the job', () => {
  test('is what az ml job create takes', () => {
    expect(cluster().job).toEqual({
      $schema: 'https://azuremlschemas.azureedge.net/latest/commandJob.schema.json',
      type: 'command',
      display_name: 'train',
      experiment_name: 'train',
      command: 'export AZURE_CLIENT_ID="$DEFAULT_IDENTITY_CLIENT_ID" && python train.py',
      environment: { image: 'ghcr.io/acme/train:1.0' },
      environment_variables: {
        ML_DATA_URI: 'abfss://artifacts@acmedata.dfs.core.windows.net/data',
        ML_CHECKPOINT_URI: 'abfss://artifacts@acmedata.dfs.core.windows.net/checkpoints/train',
        ML_OUTPUT_URI: 'abfss://artifacts@acmedata.dfs.core.windows.net/models/train',
        AZURE_STORAGE_ANON: 'false',
        NNODES: '1',
        NPROC_PER_NODE: '1',
        MASTER_ADDR: '127.0.0.1',
        MASTER_PORT: '29500',
        NODE_RANK: '0',
      },
      compute: expect.stringMatching(/^azureml:train-spot-[0-9a-f]{8}$/),
      resources: { instance_count: 1, shm_size: '14g' },
      limits: { timeout: 86400 },
      identity: { type: 'managed' },
    });
  });

  test('is submitted with one command for each link', () => {
    const s = cluster({}, (c) => {
      expect(c.checkpointUri).toBe('abfss://artifacts@acmedata.dfs.core.windows.net/checkpoints/train');
      expect(c.submitCommand).toMatch(
        /^az ml job create --resource-group ml --workspace-name ws --file assets\/Train_Job_\w+\/[0-9a-f]{8}\/job\.yml$/,
      );
    });
    expect(s.output('Train_SubmitCommand')).toMatch(/job\.yml$/);
    expect(s.output('Train_SubmitOnDemandCommand')).toMatch(/job\.yml --set compute=azureml:train-ondemand-[0-9a-f]{8}$/);
  });

  test('takes its words as they are: they are arguments, not shell', () => {
    const s = cluster({ command: ['python', 'train.py', '--note', "it's ${HOME}"], env: { PERCENT: '%{x}', DOLLAR: '${x}' } });
    expect(s.job.command).toMatch(/ && python train\.py --note 'it'\\''s \$\{HOME\}'$/);
    expect(s.job.environment_variables).toMatchObject({ PERCENT: '%{x}', DOLLAR: '${x}' });
  });

  test('what is known only at deployment is said in the command', () => {
    const value = Fn.uuid();
    const s = cluster({ env: { RUN: value, PLAIN: 'x' } });
    expect(s.job.environment_variables).toMatchObject({ PLAIN: 'x' });
    expect(s.job.environment_variables).not.toHaveProperty('RUN');
    expect(s.output('Train_SubmitCommand')).toMatch(/ --set environment_variables\.RUN='\$\{uuid\(\)\}'$/);
  });

  test('duration, shared memory and folder can be given', () => {
    const s = cluster({ maxDuration: Duration.hours(2), sharedMemory: Size.gibibytes(4), workingDirectory: '/opt/my app' });
    expect(s.job).toMatchObject({ limits: { timeout: 7200 }, resources: { shm_size: '4g' } });
    expect(s.job.command).toContain(" && cd '/opt/my app' && python train.py");
  });

  test('a program may choose an identity of its own', () => {
    expect(cluster({ env: { AZURE_CLIENT_ID: 'mine' } }).job.command).toBe('python train.py');
  });

  test('folders can be mounted for programs that open no URIs', () => {
    const s = cluster({ mountArtifacts: true });
    const { name } = s.only('azurerm_machine_learning_datastore_blobstorage');
    expect(s.only('azurerm_machine_learning_datastore_blobstorage')).toMatchObject({
      storage_container_id: `${STORE}/blobServices/default/containers/artifacts`,
      service_data_auth_identity: 'None',
    });
    expect(s.job.inputs).toEqual({ data: { type: 'uri_folder', mode: 'ro_mount', path: `azureml://datastores/${name}/paths/data` } });
    expect(s.job.outputs.checkpoints).toEqual({
      type: 'uri_folder',
      mode: 'rw_mount',
      path: `azureml://datastores/${name}/paths/checkpoints/train`,
    });
    expect(s.job.command).toContain('export ML_CHECKPOINT_URI="${{outputs.checkpoints}}"');
    expect(s.job.environment_variables).not.toHaveProperty('ML_CHECKPOINT_URI');
  });
});

describe('an image that is built from a directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'mlops-test-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const write = (text: string) => writeFileSync(join(directory, 'Dockerfile'), text);

  test('is pulled by the machines, and runs where and what its Dockerfile says', () => {
    write('FROM python:3.11\nWORKDIR /opt/train\nENTRYPOINT ["python"]\nCMD ["train.py"]\n');
    const s = synthWithJobs((stack) => {
      const registry = new FakeRegistry(stack, 'Registry');
      new GpuTrainingCluster(stack, 'Train', {
        resourceGroup: new FakeGroup(stack, 'Group'),
        network: new FakeNetwork(stack, 'Network'),
        registry,
        image: ContainerImage.fromDirectory(directory),
        accelerator: Accelerator.T4,
      });
      expect(registry.granted.map((g) => g.role)).toEqual(['pull']);
    });
    expect(s.job.command).toMatch(/ && cd \/opt\/train && python train\.py$/);
    expect(s.job.environment.image).toMatch(/^acmeml\.azurecr\.io\/train:[0-9a-f]{16}$/);
    expect(s.only('terraform_data').provisioner[0]['local-exec'].environment).toMatchObject({ REGISTRY: 'acmeml', AGENT_POOL: '' });
  });

  test('fails without a registry', () => {
    write('FROM python:3.11\nCMD ["train.py"]\n');
    expect(problemsOf(() => cluster({ image: ContainerImage.fromDirectory(directory) }))).toMatchObject([
      { code: 'missing', prop: 'registry', instead: 'write registry: and an ImageRegistry, or give the image by reference' },
    ]);
  });
});

describe('the schedule', () => {
  const body = (s: WithJobs) =>
    JSON.parse(
      s
        .only('azurerm_logic_app_action_custom')
        .body.replace(/\$\$\{/g, '${')
        .replace(/%%\{/g, '%{'),
    );

  test('there is none unless it is asked for', () => {
    expect(cluster().all('azurerm_logic_app_workflow')).toEqual([]);
  });

  test('a Logic App submits the job, and moves it on to the next link', () => {
    const s = cluster({ schedule: Schedule.cron('30 3 * * 1,7', 'Europe/Berlin') });
    expect(JSON.parse(s.only('azurerm_logic_app_trigger_custom').body)).toEqual({
      type: 'Recurrence',
      recurrence: {
        frequency: 'Week',
        interval: 1,
        startTime: '2024-01-01T00:00:00',
        timeZone: 'W. Europe Standard Time',
        schedule: { minutes: [30], hours: [3], weekDays: ['Monday', 'Sunday'] },
      },
    });
    const { actions } = body(s);
    expect(Object.keys(actions)).toEqual(['Register', 'Submit_0', 'Wait_0', 'Look_0', 'Next_0']);
    expect(Object.keys(actions.Next_0.actions)).toEqual(['Cancel_0', 'Submit_1']);
    expect(actions.Submit_0.inputs).toMatchObject({
      method: 'PUT',
      uri: `https://management.azure.com${WORKSPACE}/jobs/@{workflow().run.name}-0?api-version=2025-09-01`,
      authentication: { type: 'ManagedServiceIdentity' },
    });
    expect(actions.Submit_0.inputs.body.properties).toMatchObject({
      jobType: 'Command',
      computeId: expect.stringMatching(/Train_Spot/),
      command: 'export AZURE_CLIENT_ID="$DEFAULT_IDENTITY_CLIENT_ID" && python train.py',
      limits: { jobLimitsType: 'Command', timeout: 'P1D' },
      identity: { identityType: 'Managed' },
    });
    expect(actions.Next_0.actions.Submit_1.inputs.body.properties.computeId).toMatch(/Train_OnDemand/);
  });

  test('with one link there is nothing to wait for', () => {
    const { actions } = body(cluster({ schedule: Schedule.cron('0 3 * * *'), capacity: [Capacity.SPOT] }));
    expect(Object.keys(actions)).toEqual(['Register', 'Submit_0']);
  });

  test('it may submit jobs, and nothing else', () => {
    const roles = cluster({ schedule: Schedule.cron('0 3 * * *') }).all('azurerm_role_assignment');
    expect(roles.find((r) => /logic_app/.test(r.principal_id))).toMatchObject({
      scope: WORKSPACE,
      role_definition_name: 'AzureML Data Scientist',
    });
  });

  test('words that Logic Apps would read as expressions are kept from them', () => {
    const s = cluster({
      schedule: Schedule.cron('0 3 * * *'),
      command: ['a', '@{b}'],
      env: { X: '@c', Y: '${d}' },
      capacity: [Capacity.SPOT],
    });
    const { properties } = body(s).actions.Submit_0.inputs.body;
    expect(properties.command).toMatch(/ && a '@@\{b\}'$/);
    expect(properties.environmentVariables).toMatchObject({ X: '@@c', Y: '${d}' });
    expect(s.only('azurerm_logic_app_action_custom').body).toContain('$${d}');
  });

  test('fails for some months only, and for a time zone without a counterpart', () => {
    expect(problemsOf(() => cluster({ schedule: Schedule.cron('0 3 1 6 *') }))).toMatchObject([
      {
        prop: 'schedule.cron',
        reason: 'a schedule of Azure Logic Apps cannot be restricted to some months',
        instead: 'write * for the month',
      },
    ]);
    expect(problemsOf(() => cluster({ schedule: Schedule.cron('0 3 * * *', 'Mars/Olympus') }))).toMatchObject([
      { prop: 'schedule.timeZone', value: 'Mars/Olympus' },
    ]);
  });
});

describe('refusals', () => {
  test.each<[string, Partial<GpuTrainingClusterProps>, object]>([
    [
      'a reservation',
      { capacity: [Capacity.RESERVATION] },
      {
        code: 'unsupported',
        prop: 'capacity',
        value: 'reservation',
        reason: 'Azure ML compute clusters cannot draw on a capacity reservation',
        instead: 'write spot, on-demand, or both',
      },
    ],
    ['flex-start', { capacity: [Capacity.FLEX_START] }, { prop: 'capacity', reason: 'Azure ML has no flex-start capacity' }],
    ['the id of a reservation', { reservation: 'r1' }, { prop: 'reservation', value: 'r1', instead: 'leave it out' }],
    ['no capacity', { capacity: [] }, { code: 'missing', prop: 'capacity' }],
    ['a capacity twice', { capacity: [Capacity.SPOT, Capacity.SPOT] }, { prop: 'capacity', reason: 'the same capacity is named twice' }],
    [
      'spot machines for a gang',
      { capacity: [Capacity.SPOT], nodesPerJob: 2, maxNodes: 2 },
      { code: 'conflict', prop: 'capacity', value: 'spot', instead: 'write on-demand, or nodesPerJob: 1' },
    ],
    [
      'a gang of more than a hundred',
      { nodesPerJob: 101, maxNodes: 101 },
      { code: 'limit', prop: 'maxNodes', reason: 'a compute cluster whose machines talk to each other allows 1 to 100' },
    ],
    [
      'more machines kept than there may be',
      { minNodes: 2 },
      { prop: 'minNodes', value: 2, instead: 'write 1 or less, or raise maxNodes' },
    ],
    [
      'a job that could never start',
      { nodesPerJob: 2 },
      { prop: 'nodesPerJob', reason: 'a job could never start with at most 1 machine', instead: 'raise maxNodes to 2 or more' },
    ],
    [
      'a job of eight days on spot machines',
      { maxDuration: Duration.days(8) },
      { prop: 'maxDuration', value: '8d', reason: 'a job of Azure ML runs from one minute to 7 days on low-priority machines' },
    ],
    [
      'a job of a month',
      { maxDuration: Duration.days(30), capacity: [Capacity.ON_DEMAND] },
      { prop: 'maxDuration', reason: 'a job of Azure ML runs from one minute to 21 days', instead: 'write 1m to 21d' },
    ],
    ['ten retries', { retries: 10 }, { prop: 'retries', value: 10 }],
    [
      'a variable of the contract',
      { env: { ML_DATA_URI: 'x' } },
      { prop: 'env.ML_DATA_URI', reason: 'the training contract sets this variable' },
    ],
    [
      'no command',
      { command: undefined },
      {
        code: 'missing',
        prop: 'command',
        reason: "Azure ML does not run an image's own command, and cannot read it from a registry",
        instead: 'write command: [python, train.py]',
      },
    ],
    [
      'a relative folder',
      { workingDirectory: 'app' },
      { prop: 'workingDirectory', instead: 'write the folder as it is in the image, such as /app' },
    ],
    [
      'more shared memory than there is',
      { sharedMemory: Size.tebibytes(1) },
      { prop: 'sharedMemory', reason: 'Standard_NC4as_T4_v3 has 28 GiB of memory', instead: 'write 1GiB to 28GiB' },
    ],
    ['no time at all', { idleBeforeScaleDown: Duration.seconds(0) }, { prop: 'idleBeforeScaleDown' }],
  ])('fails for %s', (_, props, problem) => {
    expect(problemsOf(() => cluster(props))[0]).toMatchObject(problem);
  });
});

test('the machines read data and write their own folders of the store, and whoever is granted it may submit jobs', () => {
  const s = cluster({}, (c) => c.grants.submit('Team', { principalId: 'p1', principalType: 'Group' }));
  const roles = s.all('azurerm_role_assignment');
  expect(roles).toHaveLength(3);
  expect(roles).toContainEqual({
    scope: WORKSPACE,
    role_definition_name: 'AzureML Data Scientist',
    principal_id: 'p1',
    principal_type: 'Group',
  });
  const machines = {
    scope: `${STORE}/blobServices/default/containers/artifacts`,
    principal_id: expect.stringMatching(/azurerm_user_assigned_identity/),
    principal_type: 'ServicePrincipal',
    condition_version: '2.0',
  };
  expect(roles).toContainEqual({
    ...machines,
    role_definition_name: 'Storage Blob Data Reader',
    condition: expect.stringContaining("StringStartsWith 'data/'"),
  });
  expect(roles).toContainEqual({
    ...machines,
    role_definition_id: expect.stringMatching(/FolderWriterRole/),
    condition: expect.stringMatching(/StringStartsWith 'checkpoints\/train\/' OR .*StringStartsWith 'models\/train\/'/),
  });
});

test('the report says what is only nearly served', () => {
  let report: ReturnType<typeof parity.report> = [];
  cluster({ nodesPerJob: 1 }, (c) => (report = parity.report(c)));
  expect(report.map((e) => `${e.kind} ${e.path.replace('test/Train', '')} ${e.became}`)).toEqual([
    'mapped  Azure ML compute clusters of Standard_NC4as_T4_v3 (1 T4)',
    'mapped .accelerator Standard_NC4as_T4_v3 with 1 T4',
    'approximated .capacity LowPriority, then Dedicated',
    'approximated .retries Azure ML queues a job again when its low-priority machine is taken',
  ]);
  cluster({ nodesPerJob: 2, maxNodes: 2 }, (c) => (report = parity.report(c)));
  expect(report).toContainEqual(
    expect.objectContaining({
      kind: 'approximated',
      path: expect.stringMatching(/nodesPerJob$/),
      reason: 'no machine of this kind and number of GPUs has InfiniBand; machines talk over Ethernet',
    }),
  );
});

describe('the workspace', () => {
  const workspace = (environment?: Environment): WithJobs =>
    synthWithJobs((stack) => {
      new TrainingWorkspace(stack, 'Workspace', {
        resourceGroup: new FakeGroup(stack, 'Group'),
        network: new FakeNetwork(stack, 'Network'),
        registry: new FakeRegistry(stack, 'Registry'),
        environment,
      });
    });

  test('nothing of it is reached from the internet', () => {
    const s = workspace();
    for (const type of ['azurerm_machine_learning_workspace', 'azurerm_storage_account', 'azurerm_key_vault'])
      expect(s.only(type).public_network_access_enabled).toBe(false);
    expect(
      s
        .all('azurerm_private_endpoint')
        .map((e) => e.private_service_connection.subresource_names[0])
        .sort(),
    ).toEqual(['amlworkspace', 'blob', 'file', 'vault']);
  });

  test('it has an identity of its own, and encrypts scratch disks', () => {
    expect(workspace().only('azurerm_machine_learning_workspace')).toMatchObject({
      name: expect.stringMatching(/^[a-zA-Z0-9][\w-]{2,32}$/),
      identity: { type: 'SystemAssigned' },
      high_business_impact: true,
      v1_legacy_mode_enabled: false,
      container_registry_id: expect.stringMatching(/registries\/acmeml$/),
    });
  });

  test('the vault knows roles only, and in prod cannot be purged', () => {
    expect(workspace().only('azurerm_key_vault')).toMatchObject({ rbac_authorization_enabled: true, purge_protection_enabled: false });
    expect(workspace(Environment.PROD).only('azurerm_key_vault')).toMatchObject({
      purge_protection_enabled: true,
      soft_delete_retention_days: 90,
    });
    expect(workspace().only('azurerm_key_vault').name).toMatch(/^[a-z][a-z0-9]{2,23}$/);
  });

  test('logs of jobs and clusters go to Log Analytics', () => {
    expect(
      workspace()
        .only('azurerm_monitor_diagnostic_setting')
        .enabled_log.map((l: { category: string }) => l.category),
    ).toEqual(['AmlComputeClusterEvent', 'AmlComputeJobEvent', 'AmlRunStatusChangedEvent']);
  });

  test('a cluster makes its own, and its machines wait for the way to it', () => {
    const s = cluster({ workspace: undefined, artifacts: undefined });
    expect(s.all('azurerm_machine_learning_workspace')).toHaveLength(1);
    expect(s.all('azurerm_storage_account')).toHaveLength(2);
    const [c] = s.all('azurerm_machine_learning_compute_cluster');
    expect(c.depends_on.map((d: string) => d.split('.')[0])).toEqual([
      ...Array(4).fill('azurerm_private_endpoint'),
      // To write the store, and the workspace's own.
      ...Array(2).fill('azurerm_role_assignment'),
    ]);
  });

  test('machines wait for the names and the way out of a network of the stack', () => {
    const s = synthWithJobs((stack) => {
      const resourceGroup = new FakeGroup(stack, 'Group');
      const network = new MlNetwork(stack, 'Network', { resourceGroup });
      new GpuTrainingCluster(stack, 'Trainer', { resourceGroup, network, image: IMAGE, command: ['train'], accelerator: Accelerator.T4 });
    });
    const waits: string[] = s.all('azurerm_machine_learning_compute_cluster')[0].depends_on.map((d: string) => d.split('.')[0]);
    expect(waits).toContain('azurerm_private_dns_zone_virtual_network_link');
    expect(waits).toContain('azurerm_subnet_nat_gateway_association');
  });

  test('is made after the way to its storage and its vault, and not anew for a registry that comes later', () => {
    const w = workspace().only('azurerm_machine_learning_workspace');
    expect(w.depends_on.map((d: string) => d.split('.')[0])).toEqual(Array(3).fill('azurerm_private_endpoint'));
    expect(w.lifecycle).toEqual({ ignore_changes: ['container_registry_id'] });
  });

  test('clusters that share one may be granted to the same principal', () => {
    const s = synthWithJobs((stack) => {
      const [resourceGroup, network] = [new FakeGroup(stack, 'Group'), new FakeNetwork(stack, 'Network')];
      const shared = existingWorkspace(stack);
      for (const id of ['One', 'Two'])
        new GpuTrainingCluster(stack, id, {
          resourceGroup,
          network,
          workspace: shared,
          image: IMAGE,
          command: ['train'],
          accelerator: Accelerator.T4,
        }).grants.submit('Team', { principalId: 'p1' });
    });
    expect(s.all('azurerm_role_assignment').filter((r) => r.principal_id === 'p1')).toHaveLength(1);
  });

  test('an existing one is known by its id', () => {
    expect(() =>
      synthWithJobs((stack) => TrainingWorkspace.fromTrainingWorkspaceAttributes(stack, 'Workspace', { workspaceId: 'ws' })),
    ).toThrow('workspaceId "ws": not the id of a Microsoft.MachineLearningServices/workspaces; write /subscriptions/');
  });
});
