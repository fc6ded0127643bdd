import { join } from 'path';
import { TerraformStack } from 'cdktf';
import { Accelerator, Capacity, ContainerImage, Duration, Environment, FileSystemKind, Schedule, Size } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { SharedFileSystem } from '../../lib/gcp/file-system';
import { ImageRegistry } from '../../lib/gcp/registry';
import { Secret } from '../../lib/gcp/secret';
import { GpuTrainingCluster, GpuTrainingClusterProps } from '../../lib/gcp/training';
import { ArtifactStore } from '../../lib/gcp/storage';
import { problemsOf } from '../contract/room';
import { ALICE, FakeNetwork, FakeRegistry, Json, PLACE, Synthesized, synth } from './helper';
import { EXECUTION, literalOf, run, Run, sourceOf } from './workflow';

const IMAGE = ContainerImage.fromReference('ghcr.io/acme/train:1.0');
const APP = ContainerImage.fromDirectory(join(__dirname, '..', 'contract', 'fixtures', 'app'));
const RESERVATION = 'projects/acme-ml-dev/zones/europe-west4-b/reservations/gpus';
const JOB_ACCOUNT = /^\$\{google_service_account\.Train_JobAccount_\w+\.email\}$/;
const GANG = { accelerator: Accelerator.A100_80GB, acceleratorCount: 8, nodesPerJob: 2, maxNodes: 4 };

function make(stack: TerraformStack, props: Partial<GpuTrainingClusterProps> = {}): GpuTrainingCluster {
  return new GpuTrainingCluster(stack, 'Train', {
    ...PLACE,
    network: new FakeNetwork(stack, 'Network'),
    image: IMAGE,
    accelerator: Accelerator.L4,
    ...props,
  });
}
function cluster(props: Partial<GpuTrainingClusterProps> = {}): Synthesized {
  return synth((stack) => void make(stack, props));
}

/** What Batch says of a job so many seconds after it was created. */
interface JobReport {
  readonly state: string;
  readonly running?: number;
  readonly event?: string;
}
type Fate = (job: { id: string; body: Json; policy: Json }, age: number) => JobReport;

const CREATE = 'googleapis.batch.v1.projects.locations.jobs.create';
const DELETE = 'googleapis.batch.v1.projects.locations.jobs.delete';

/** Runs the workflow of a cluster in a world where jobs meet a fate. */
function train(props: Partial<GpuTrainingClusterProps>, fate: Fate, options: { args?: object; ahead?: (now: number) => number } = {}): Run {
  let job: { id: string; body: Json; policy: Json; created: number };
  return run(sourceOf(cluster(props)), {
    args: options.args,
    call: (name, args, now) => {
      if (name.endsWith('executions.list')) {
        const older = Array.from({ length: options.ahead?.(now) ?? 0 }, (_, i) => ({ name: `executions/older-${i}` }));
        return { executions: [{ name: 'executions/newer' }, { name: `executions/${EXECUTION}` }, ...older] };
      }
      if (name === CREATE) {
        const policy = args.body.allocationPolicy.instances[0].policy;
        job = { id: args.jobId, body: args.body, policy, created: now };
        return {};
      }
      const { state, running = 0, event = '' } = fate(job, now - job.created);
      if (name.endsWith('jobs.get'))
        return {
          status: {
            state,
            ...(running ? { taskGroups: { group0: { counts: { RUNNING: String(running) } } } } : {}),
            ...(event ? { statusEvents: [{ description: event }] } : {}),
          },
        };
      return {};
    },
  });
}
const created = (r: Run) =>
  r.calls.filter((c) => c.name === CREATE).map((c) => c.args.body.allocationPolicy.instances[0].policy.provisioningModel);
const job = (props: Partial<GpuTrainingClusterProps> = {}): Json => {
  let body: Json;
  train(props, (j) => {
    body = j.body;
    return { state: 'SUCCEEDED' };
  });
  return body;
};

describe('the job', () => {
  test('runs the image on the smallest machine with the accelerator, with drivers, without a public address', () => {
    const { allocationPolicy, taskGroups } = job();
    expect(allocationPolicy.instances).toEqual([
      {
        installGpuDrivers: true,
        blockProjectSshKeys: true,
        policy: {
          machineType: 'g2-standard-4',
          accelerators: [{ type: 'nvidia-l4', count: 1 }],
          provisioningModel: 'SPOT',
          bootDisk: { sizeGb: 200, type: 'pd-balanced', image: 'batch-debian' },
        },
      },
    ]);
    expect(allocationPolicy.network.networkInterfaces).toEqual([
      {
        network: 'projects/acme-ml-dev/global/networks/ml',
        subnetwork: 'projects/acme-ml-dev/regions/europe-west4/subnetworks/ml',
        noExternalIpAddress: true,
      },
    ]);
    expect(allocationPolicy.location).toEqual({ allowedLocations: ['regions/europe-west4'] });
    expect(allocationPolicy.serviceAccount.email).toMatch(JOB_ACCOUNT);
    expect(taskGroups[0].taskSpec.runnables).toEqual([
      { container: { imageUri: 'ghcr.io/acme/train:1.0', commands: [], options: '--shm-size=8g' } },
    ]);
    expect(taskGroups[0].taskSpec.computeResource).toEqual({ cpuMilli: 4000, memoryMib: 14745 });
    expect(taskGroups[0]).toMatchObject({ taskCount: 1, parallelism: 1, taskCountPerNode: 1 });
  });

  test('writes its log to Cloud Logging and carries the name of its cluster and the labels', () => {
    const { labels, logsPolicy, allocationPolicy } = job({ labels: { team: 'pricing' } });
    expect(logsPolicy).toEqual({ destination: 'CLOUD_LOGGING' });
    expect(labels).toEqual({ team: 'pricing', ml_cluster: expect.stringMatching(/^train-[0-9a-f]{8}$/) });
    expect(allocationPolicy.labels).toEqual(labels);
  });

  test('is told where data, checkpoints and models are, and how torchrun meets', () => {
    expect(job({ env: { EPOCHS: '7' } }).taskGroups[0].taskSpec.environment.variables).toEqual({
      ML_DATA_URI: expect.stringMatching(/^gs:\/\/\$\{google_storage_bucket\.\w+\.name\}\/data$/),
      ML_CHECKPOINT_URI: expect.stringMatching(/\/checkpoints\/train$/),
      ML_OUTPUT_URI: expect.stringMatching(/\/models\/train$/),
      EPOCHS: '7',
      MASTER_ADDR: 'localhost',
      MASTER_PORT: '29500',
      NNODES: '1',
      NODE_RANK: '0',
      NPROC_PER_NODE: '1',
    });
  });

  test('is tried again when its machine is lost, and only then', () => {
    const { taskSpec } = job({ retries: 5 }).taskGroups[0];
    expect(taskSpec.maxRetryCount).toBe(5);
    expect(taskSpec.lifecyclePolicies).toEqual([
      { action: 'RETRY_TASK', actionCondition: { exitCodes: [50001, 50002, 50003, 50006, 143] } },
    ]);
  });

  test('without retries has no policy', () => {
    const { taskSpec } = job({ retries: 0 }).taskGroups[0];
    expect(taskSpec).toMatchObject({ maxRetryCount: 0 });
    expect(taskSpec).not.toHaveProperty('lifecyclePolicies');
  });

  test('is stopped after its longest duration', () => {
    expect(job().taskGroups[0].taskSpec.maxRunDuration).toBe('86400s');
    expect(job({ maxDuration: Duration.hours(12) }).taskGroups[0].taskSpec.maxRunDuration).toBe('43200s');
  });

  test('takes machine, disk, shared memory and zones as asked', () => {
    const { allocationPolicy, taskGroups } = job({
      machineType: 'g2-standard-16',
      diskSize: Size.gibibytes(500),
      sharedMemory: Size.gibibytes(24),
      zones: ['europe-west4-a', 'europe-west4-c'],
    });
    expect(allocationPolicy.instances[0].policy).toMatchObject({ machineType: 'g2-standard-16', bootDisk: { sizeGb: 500 } });
    expect(allocationPolicy.location.allowedLocations).toEqual(['zones/europe-west4-a', 'zones/europe-west4-c']);
    expect(taskGroups[0].taskSpec.runnables[0].container.options).toContain('--shm-size=24g');
  });

  test('has a disk that the newest machines take', () => {
    expect(job({ accelerator: Accelerator.H200, acceleratorCount: 8 }).allocationPolicy.instances[0].policy.bootDisk.type).toBe(
      'hyperdisk-balanced',
    );
  });

  test('hands the command and the environment on letter by letter, whatever Terraform and Workflows mean by them', () => {
    const command = ['sh', '-c', 'echo ${HOME} "$X" %{y} ${z'];
    const env = { A: '${B}', C: '%{d}', E: '$$' };
    const init = sourceOf(cluster({ command, env })).main.steps[0].init.assign;
    const get = (name: string): Json => init.find((a: object) => name in a)[name];
    expect(get('command').map(literalOf)).toEqual(command);
    for (const [name, value] of Object.entries(env)) expect(literalOf(get('env')[name])).toBe(value);
  });

  test('takes another command and further environment from whoever starts it', () => {
    let body: Json;
    train(
      { command: ['python', 'train.py'], env: { EPOCHS: '7', LR: '0.1' } },
      (j) => {
        body = j.body;
        return { state: 'SUCCEEDED' };
      },
      { args: { command: ['python', 'evaluate.py'], env: { EPOCHS: '9' } } },
    );
    expect(body.taskGroups[0].taskSpec.runnables[0].container.commands).toEqual(['python', 'evaluate.py']);
    expect(body.taskGroups[0].taskSpec.environment.variables).toMatchObject({ EPOCHS: '9', LR: '0.1', NNODES: '1' });
  });

  test('waits in the image that is built from a directory', () => {
    const stack = synth((s) => void make(s, { image: APP, registry: new FakeRegistry(s, 'Images') }));
    expect(stack.only('google_workflows_workflow').source_contents).toContain(
      'europe-west4-docker.pkg.dev/acme-ml-dev/images/train:7ff6da7f7068959f',
    );
    expect(stack.only('google_workflows_workflow').depends_on).toContainEqual(expect.stringMatching(/^terraform_data\.Train_Image/));
  });
});

describe('a job of several machines', () => {
  test('starts when all of them are there, close together, and is told who is who', () => {
    const { allocationPolicy, taskGroups } = job(GANG);
    expect(taskGroups[0]).toMatchObject({
      taskCount: 2,
      parallelism: 2,
      taskCountPerNode: 1,
      requireHostsFile: true,
      permissiveSsh: false,
    });
    expect(allocationPolicy.placement).toEqual({ collocation: 'COLLOCATED' });
    expect(allocationPolicy.instances[0].policy).toMatchObject({ provisioningModel: 'STANDARD' });
    const [script, barrier, container] = taskGroups[0].taskSpec.runnables;
    expect(script.script.text).toContain('MASTER_ADDR=$BATCH_MAIN_NODE_HOSTNAME');
    expect(script.script.text).toContain('NODE_RANK=$BATCH_NODE_INDEX');
    expect(barrier).toHaveProperty('barrier');
    expect(container.container.options).toBe('--shm-size=680g --network host --env-file /var/lib/ml-rendezvous.env');
    expect(taskGroups[0].taskSpec.environment.variables).toMatchObject({ NNODES: '2', NPROC_PER_NODE: '8', MASTER_PORT: '29500' });
    expect(taskGroups[0].taskSpec.maxRetryCount).toBe(0);
  });

  test.each([
    ['flex-start machines', { capacity: [Capacity.FLEX_START] }],
    ['N1 machines', { accelerator: Accelerator.T4, acceleratorCount: 4 }],
    ['reserved machines, which are placed already', { capacity: [Capacity.RESERVATION], reservation: RESERVATION }],
  ])('is not placed close together on %s', (_, props) => {
    expect(job({ ...GANG, ...props }).allocationPolicy).not.toHaveProperty('placement');
  });

  test('may talk among its own machines only', () => {
    const account = expect.stringMatching(JOB_ACCOUNT);
    expect(cluster(GANG).only('google_compute_firewall')).toMatchObject({
      project: 'acme-ml-dev',
      direction: 'INGRESS',
      allow: [{ protocol: 'tcp', ports: ['29500', '32768-60999'] }, { protocol: 'icmp' }],
      source_service_accounts: [account],
      target_service_accounts: [account],
    });
  });

  test('leaves the firewall alone if asked, and where one machine works alone', () => {
    expect(cluster({ ...GANG, openFirewall: false }).all('google_compute_firewall')).toEqual([]);
    expect(cluster().all('google_compute_firewall')).toEqual([]);
  });
});

describe('the workflow', () => {
  test('returns when the job has succeeded', () => {
    const r = train({}, (_, age) => (age < 600 ? { state: 'RUNNING', running: 1 } : { state: 'SUCCEEDED', running: 0 }));
    expect(r.returned).toEqual({
      job: expect.stringMatching(new RegExp(`^train-[0-9a-f]{8}-${EXECUTION}-0-0$`)),
      capacity: 'spot',
      state: 'SUCCEEDED',
    });
    expect(r.returned.job.length).toBeLessThanOrEqual(63);
    expect(created(r)).toEqual(['SPOT']);
  });

  test('does not wait in the call that creates the job', () => {
    const r = train({}, () => ({ state: 'SUCCEEDED' }));
    expect(r.calls.find((c) => c.name === CREATE)!.args.connector_params).toEqual({ skip_polling: true });
  });

  test('goes on to the next source when no machine comes, and takes the first job back', () => {
    const r = train({}, ({ policy }, age) =>
      policy.provisioningModel === 'SPOT' ? { state: 'SCHEDULED' } : age < 600 ? { state: 'RUNNING', running: 1 } : { state: 'SUCCEEDED' },
    );
    expect(created(r)).toEqual(['SPOT', 'STANDARD']);
    expect(r.calls.filter((c) => c.name === DELETE)).toHaveLength(1);
    expect(r.returned.capacity).toBe('on-demand');
    expect(r.seconds).toBeGreaterThan(1800);
  });

  test('goes on at once when the job fails for want of machines', () => {
    const r = train({}, ({ policy }) =>
      policy.provisioningModel === 'SPOT'
        ? { state: 'FAILED', event: 'Job failed: CODE_GCE_ZONE_RESOURCE_POOL_EXHAUSTED' }
        : { state: 'SUCCEEDED' },
    );
    expect(created(r)).toEqual(['SPOT', 'STANDARD']);
    expect(r.seconds).toBeLessThan(600);
  });

  test('goes on to the next source when a spot machine was taken back and none comes in its place', () => {
    const r = train({}, ({ policy }, age) =>
      policy.provisioningModel === 'STANDARD'
        ? { state: 'SUCCEEDED' }
        : age < 3600
          ? { state: 'RUNNING', running: 1 }
          : { state: 'RUNNING', running: 0 },
    );
    expect(created(r)).toEqual(['SPOT', 'STANDARD']);
  });

  test('stays with a job as long as it runs', () => {
    const r = train({}, (_, age) => (age < 86_000 ? { state: 'RUNNING', running: 1 } : { state: 'SUCCEEDED' }));
    expect(created(r)).toEqual(['SPOT']);
  });

  test('fails when the program fails, and does not try again', () => {
    const r = train({}, () => ({ state: 'FAILED', event: 'Task failed with exit code 1' }));
    expect(r.raised).toMatch(/^Job train-.* failed: .*exit code 1/);
    expect(created(r)).toEqual(['SPOT']);
  });

  test('fails when the last source has no machines', () => {
    const r = train({ capacity: [Capacity.ON_DEMAND] }, () => ({ state: 'FAILED', event: 'CODE_GCE_ZONE_RESOURCE_POOL_EXHAUSTED' }));
    expect(r.raised).toContain('RESOURCE_POOL_EXHAUSTED');
  });

  test('submits a gang again that lost a machine, so often as retries say', () => {
    const lost = (): JobReport => ({ state: 'FAILED', event: 'due to Spot VM preemption with exit code 50001.' });
    const r = train({ ...GANG, retries: 2 }, lost);
    expect(created(r)).toHaveLength(3);
    expect(new Set(r.calls.filter((c) => c.name === CREATE).map((c) => c.args.jobId)).size).toBe(3);
    expect(r.raised).toContain('50001');
  });

  test('does not submit a gang again whose program failed', () => {
    expect(created(train(GANG, () => ({ state: 'FAILED', event: 'exit code 1' })))).toHaveLength(1);
  });

  test('counts a gang as running when all its machines do', () => {
    const r = train({ ...GANG, capacity: [Capacity.SPOT, Capacity.ON_DEMAND] }, ({ policy }) =>
      policy.provisioningModel === 'SPOT' ? { state: 'RUNNING', running: 1 } : { state: 'SUCCEEDED' },
    );
    expect(created(r)).toEqual(['SPOT', 'STANDARD']);
  });

  test('ends when somebody deletes its job', () => {
    expect(train({}, () => ({ state: 'DELETION_IN_PROGRESS' })).raised).toMatch(/was cancelled$/);
  });

  test('says once that a job is stuck, when every source has been asked', () => {
    const r = train({}, ({ policy }, age) =>
      policy.provisioningModel === 'STANDARD' && age > 20_000 ? { state: 'SUCCEEDED' } : { state: 'QUEUED' },
    );
    const warnings = r.calls.filter((c) => c.name === 'sys.log');
    expect(warnings).toHaveLength(1);
    expect(warnings[0].args).toMatchObject({ severity: 'WARNING', json: { event: 'ml.training.stuck', capacity: 'on-demand' } });
    expect(warnings[0].at).toBeGreaterThan(3600);
  });

  test('waits its turn while as many runs as fit were started before it', () => {
    const r = train({ maxNodes: 2 }, () => ({ state: 'SUCCEEDED' }), { ahead: (now) => (now < 1500 ? 2 : 1) });
    expect(r.calls.find((c) => c.name === CREATE)!.at).toBe(1500);
  });

  test('lets as many gangs run as fit', () => {
    const r = train({ ...GANG, maxNodes: 5 }, () => ({ state: 'SUCCEEDED' }), { ahead: (now) => (now < 600 ? 2 : 1) });
    expect(r.calls.find((c) => c.name === CREATE)!.at).toBe(600);
  });

  test('goes on looking while Batch or Workflows does not answer', () => {
    const steps: Json = Object.assign({}, ...sourceOf(cluster()).main.steps);
    for (const step of ['line', 'poll'])
      expect(steps[step].retry).toEqual({
        predicate: '${http.default_retry_predicate}',
        max_retries: 10,
        backoff: { initial_delay: 10, max_delay: 300, multiplier: 2 },
      });
  });

  test('can wait for a week and train for two within the steps that an execution has', () => {
    const r = train({ capacity: [Capacity.ON_DEMAND] }, (_, age) =>
      age < 6 * 3600 ? { state: 'QUEUED' } : age < 12 * 3600 ? { state: 'RUNNING', running: 1 } : { state: 'SUCCEEDED' },
    );
    const polls = r.calls.filter((c) => c.name.endsWith('jobs.get')).length;
    // poll, read, busy, decide, working, rest
    expect(polls * 6 * 2 * 21).toBeLessThan(100_000);
  });

  test('looks less often at the longest jobs, so that the steps do for all of their attempts', () => {
    const attempts = 11;
    const r = train({ capacity: [Capacity.ON_DEMAND], maxDuration: Duration.days(14), retries: attempts - 1 }, (_, age) =>
      age < 86_400 ? { state: 'RUNNING', running: 1 } : { state: 'SUCCEEDED' },
    );
    const polls = r.calls.filter((c) => c.name.endsWith('jobs.get')).length;
    expect(polls * 6 * 14 * attempts).toBeLessThan(100_000);
  });

  test('holds no brace within an expression, where Workflows might take it for the end', () => {
    const source = cluster({ ...GANG, capacity: [Capacity.SPOT, Capacity.ON_DEMAND] }).only('google_workflows_workflow').source_contents;
    for (const [, expression] of source.matchAll(/"\$\$\{((?:[^"\\]|\\.)*)\}"/g)) expect(expression).not.toMatch(/[{}]/);
  });

  test('is a source that Workflows takes', () => {
    expect(
      cluster({ ...GANG, capacity: Object.values(Capacity), reservation: RESERVATION }).only('google_workflows_workflow').source_contents
        .length,
    ).toBeLessThan(128 * 1024);
  });
});

describe('the capacity chain', () => {
  test('is asked in the order that was given', () => {
    const capacity = [Capacity.RESERVATION, Capacity.FLEX_START, Capacity.SPOT, Capacity.ON_DEMAND];
    const r = train({ capacity, reservation: RESERVATION }, () => ({ state: 'FAILED', event: 'STOCKOUT' }));
    expect(created(r)).toEqual(['STANDARD', 'FLEX_START', 'SPOT', 'STANDARD']);
    const [reserved, flex] = r.calls.filter((c) => c.name === CREATE).map((c) => c.args.body.allocationPolicy);
    expect(reserved.instances[0].policy.reservation).toBe(RESERVATION);
    expect(reserved.location.allowedLocations).toEqual(['zones/europe-west4-b']);
    expect(flex.instances[0].policy.reservation).toBe('NO_RESERVATION');
  });

  test('holds no on-demand link where Google sells none', () => {
    const r = train({ accelerator: Accelerator.H100 }, () => ({ state: 'FAILED', event: 'STOCKOUT' }));
    expect(created(r)).toEqual(['SPOT', 'FLEX_START']);
  });

  test('binds the newest machines to their reservation, which is the only way to reserve them', () => {
    const props = { accelerator: Accelerator.H200, acceleratorCount: 8, capacity: [Capacity.RESERVATION], reservation: RESERVATION };
    expect(created(train(props, () => ({ state: 'SUCCEEDED' })))).toEqual(['RESERVATION_BOUND']);
  });

  test('waits for each link as long as asked', () => {
    const waits = (props: object): number =>
      train(props, ({ policy }) => (policy.provisioningModel === 'SPOT' ? { state: 'QUEUED' } : { state: 'SUCCEEDED' })).seconds;
    expect(waits({ capacityTimeout: Duration.hours(2) })).toBeGreaterThan(7200);
    expect(waits({})).toBeLessThan(2400);
  });
});

describe('permissions', () => {
  test('the machines read data, write their own checkpoints and models, log, and report to Batch', () => {
    const stack = cluster();
    const condition = (word: string): string => stack.find('google_storage_bucket_iam_member', word).condition.expression;
    expect(stack.find('google_storage_bucket_iam_member', 'Data').role).toBe('roles/storage.objectViewer');
    expect(stack.find('google_storage_bucket_iam_member', 'Models').role).toBe('roles/storage.objectUser');
    expect(condition('Data')).toContain('/objects/data/"');
    expect(condition('Checkpoints')).toContain('/objects/checkpoints/train/"');
    expect(condition('Models')).toContain('/objects/models/train/"');
    const roles = stack.all('google_project_iam_member').filter((m) => m.member.includes('JobAccount'));
    expect(roles.map((m) => m.role).sort()).toEqual(['roles/batch.agentReporter', 'roles/logging.logWriter']);
  });

  test('the workflow may submit jobs, see its runs, log, and act as the machines', () => {
    const stack = cluster();
    const roles = stack.all('google_project_iam_member').filter((m) => m.member.includes('WorkflowAccount'));
    expect(roles.map((m) => m.role).sort()).toEqual(['roles/batch.jobsEditor', 'roles/logging.logWriter', 'roles/workflows.viewer']);
    expect(stack.only('google_service_account_iam_member')).toMatchObject({
      role: 'roles/iam.serviceAccountUser',
      service_account_id: expect.stringContaining('JobAccount'),
      member: expect.stringContaining('WorkflowAccount'),
    });
  });

  test('the machines pull from the registry', () => {
    let registry: FakeRegistry;
    synth((stack) => {
      registry = new FakeRegistry(stack, 'Images');
      make(stack, { registry });
    });
    expect(registry!.granted).toEqual([{ role: 'pull', id: 'Train-Pull', member: expect.stringContaining('TfToken') }]);
  });

  test('submit lets somebody start workflows', () => {
    const stack = synth((s) => make(s).grants.submit('Alice', ALICE));
    expect(stack.find('google_project_iam_member', 'Alice')).toEqual({
      project: 'acme-ml-dev',
      role: 'roles/workflows.invoker',
      member: ALICE.member,
    });
  });

  test('account ids are within what Google takes, however long the name', () => {
    const stack = synth((s) => {
      new GpuTrainingCluster(s, 'AVeryLongNameForATrainingClusterThatSomebodyMadeUp', {
        ...PLACE,
        network: new FakeNetwork(s, 'Network'),
        image: IMAGE,
        accelerator: Accelerator.L4,
        schedule: Schedule.cron('0 3 * * 1'),
      });
    });
    for (const { account_id } of stack.all('google_service_account')) expect(account_id).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
  });
});

describe('the cluster', () => {
  test('is a workflow that acts as an account of its own', () => {
    const workflow = cluster().only('google_workflows_workflow');
    expect(workflow).toMatchObject({
      project: 'acme-ml-dev',
      region: 'europe-west4',
      service_account: expect.stringContaining('WorkflowAccount'),
      call_log_level: 'LOG_ERRORS_ONLY',
      deletion_protection: false,
    });
  });

  test('is protected from deletion in prod', () => {
    expect(cluster({ environment: Environment.PROD }).only('google_workflows_workflow').deletion_protection).toBe(true);
  });

  test('switches on what it needs, and leaves it on', () => {
    const services = cluster({ schedule: Schedule.cron('0 3 * * 1') }).all('google_project_service');
    expect(services.map((s) => s.service)).toEqual(
      expect.arrayContaining(
        ['batch', 'workflows', 'workflowexecutions', 'cloudscheduler', 'compute', 'logging'].map((s) => `${s}.googleapis.com`),
      ),
    );
    for (const service of services) expect(service.disable_on_destroy).toBe(false);
  });

  test('says how to start a job and how to see the jobs', () => {
    const stack = cluster();
    const { name } = stack.only('google_workflows_workflow');
    expect(stack.output('SubmitCommand')).toBe(`gcloud workflows run ${name} --location europe-west4 --project acme-ml-dev`);
    expect(stack.output('JobsCommand')).toBe(
      `gcloud batch jobs list --location europe-west4 --project acme-ml-dev --filter labels.ml_cluster=${name}`,
    );
  });

  test('starts by itself on schedule, in its time zone', () => {
    const stack = cluster({ schedule: Schedule.cron('0 3 * * 1', 'Europe/Berlin') });
    const job = stack.only('google_cloud_scheduler_job');
    expect(job).toMatchObject({ schedule: '0 3 * * 1', time_zone: 'Europe/Berlin' });
    expect(job.http_target).toMatchObject({
      http_method: 'POST',
      uri: expect.stringMatching(
        /^https:\/\/workflowexecutions\.googleapis\.com\/v1\/\$\{google_workflows_workflow\.\w+\.id\}\/executions$/,
      ),
      body: 'e30=',
      oauth_token: { service_account_email: expect.stringContaining('ScheduleAccount') },
    });
    expect(stack.find('google_project_iam_member', 'ScheduleInvoker').role).toBe('roles/workflows.invoker');
  });

  test('has no schedule unless asked', () => {
    expect(cluster().all('google_cloud_scheduler_job')).toEqual([]);
  });

  test('uses the store that it is given', () => {
    const stack = synth((s) => {
      const artifacts = ArtifactStore.fromArtifactStoreAttributes(s, 'Store', { bucketName: 'acme-artifacts' });
      expect(make(s, { artifacts }).checkpointUri).toBe('gs://acme-artifacts/checkpoints/train');
    });
    expect(stack.all('google_storage_bucket')).toEqual([]);
  });

  test('is watched by what its workflow counts and logs', () => {
    synth((s) => {
      const c = make(s);
      const workflow = `resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id="${c.workflowName}"`;
      expect(c.failureMetricFilter).toBe(
        `${workflow} AND metric.type="workflows.googleapis.com/finished_execution_count" AND metric.labels.status="FAILED"`,
      );
      expect(c.stuckLogFilter).toBe(`${workflow} AND jsonPayload.event="ml.training.stuck"`);
    });
  });

  test('can be brought in when it exists already', () => {
    const stack = synth((s) => {
      const c = GpuTrainingCluster.fromGpuTrainingClusterAttributes(s, 'Theirs', {
        ...PLACE,
        workflowName: 'theirs',
        checkpointUri: 'gs://theirs/checkpoints',
      });
      expect(c.submitCommand).toBe('gcloud workflows run theirs --location europe-west4 --project acme-ml-dev');
      c.grants.submit('Alice', ALICE);
    });
    expect(stack.resources.map((r) => r.type)).toEqual(['google_project_iam_member']);
  });

  test('tells what became of the declaration', () => {
    synth((s) => {
      parity.declare(make(s, { ...GANG, schedule: Schedule.cron('0 3 * * 1') }), 'training.big');
      const report = parity.report(s);
      expect(report).toContainEqual(
        expect.objectContaining({
          path: 'training.big',
          kind: 'mapped',
          became: expect.stringContaining('Google Cloud Batch on a2-ultragpu-8g'),
        }),
      );
      expect(report).toContainEqual(
        expect.objectContaining({ path: 'training.big.nodesPerJob', kind: 'approximated', reason: expect.stringContaining('GPUDirect') }),
      );
    });
  });
});

describe('refusals', () => {
  const one = (props: Partial<GpuTrainingClusterProps>): string => {
    const problems = problemsOf(() => cluster(props));
    expect(problems).toHaveLength(1);
    const { prop, value, reason, instead } = problems[0];
    return `${prop} ${JSON.stringify(value)}: ${reason}; ${instead}`;
  };

  test.each<[Partial<GpuTrainingClusterProps>, string]>([
    [
      { minNodes: 1 },
      'minNodes 1: Google Cloud Batch creates machines for a job and deletes them after it; none is kept between jobs; write 0, or leave it out',
    ],
    [{ nodesPerJob: 3 }, 'nodesPerJob 3: a job of 3 machines never fits into the 1 that there may be; write maxNodes: 3 or more'],
    [{ nodesPerJob: 1001, maxNodes: 2000 }, 'nodesPerJob 1001: Google Cloud Batch allows 1 to 1,000; write a number from 1 to 1000'],
    [{ retries: 11 }, 'retries 11: Google Cloud Batch allows 0 to 10; write a number from 0 to 10'],
    [{ retries: 1.5 }, 'retries 1.5: not a whole number; write a whole number'],
    [
      { machineType: 'g2-standard-24' },
      'machineType "g2-standard-24": not a machine with 1 x L4; write g2-standard-4, g2-standard-8, g2-standard-12, g2-standard-16 or g2-standard-32',
    ],
    [{ capacity: [] }, 'capacity []: names no source of machines; write each of reservation, spot, on-demand or flex-start at most once'],
    [
      { capacity: [Capacity.SPOT, Capacity.SPOT] },
      'capacity ["spot","spot"]: names a source twice; write each of reservation, spot, on-demand or flex-start at most once',
    ],
    [
      { capacity: [Capacity.RESERVATION] },
      'reservation undefined: capacity names a reservation, but not which; write projects/P/zones/Z/reservations/R',
    ],
    [
      { capacity: [Capacity.RESERVATION], reservation: 'gpus' },
      'reservation "gpus": not the path of a reservation; write projects/P/zones/Z/reservations/R',
    ],
    [
      { capacity: [Capacity.RESERVATION], reservation: 'projects/p/zones/us-east1-b/reservations/r' },
      'reservation "projects/p/zones/us-east1-b/reservations/r": its zone is not in europe-west4; name a reservation in europe-west4',
    ],
    [
      { accelerator: Accelerator.H100, capacity: [Capacity.SPOT, Capacity.ON_DEMAND] },
      'capacity ["spot","on-demand"]: Google Cloud does not sell a3-highgpu-1g on demand; write spot, flex-start or a reservation',
    ],
    [
      { accelerator: Accelerator.B200, acceleratorCount: 8, capacity: [Capacity.ON_DEMAND] },
      'capacity ["on-demand"]: Google Cloud does not sell a4-highgpu-8g on demand; write spot, flex-start or a reservation',
    ],
    [{ maxDuration: Duration.days(15) }, 'maxDuration "15d": jobs of Google Cloud Batch run for a minute to 14 days; write 1m to 14d'],
    [
      { maxDuration: Duration.days(8), capacity: [Capacity.FLEX_START] },
      'maxDuration "8d": flex-start machines run for at most 7 days; write 7d or less, or leave flex-start out',
    ],
    [{ zones: ['us-east1-b'] }, 'zones "us-east1-b": not a zone of europe-west4; write a zone such as europe-west4-a'],
    [{ diskSize: Size.gibibytes(10) }, 'diskSize 10: a boot disk (in GiB) allows 50 to 65,536; write a number from 50 to 65536'],
    [{ sharedMemory: Size.gibibytes(64) }, 'sharedMemory 64: g2-standard-4 (in GiB) allows 1 to 16; write a number from 1 to 16'],
    [
      { image: APP },
      'registry undefined: the image is built from a directory, and there is no registry to push it to; write registry: and an ImageRegistry, or give the image by reference',
    ],
    [{ region: 'europe-west4-a' }, 'region "europe-west4-a": it is a zone; write europe-west4'],
    [
      { env: { 'MY-VAR': '1' } },
      'env.MY-VAR "MY-VAR": not a name of an environment variable; write letters, digits and underscores, a letter first',
    ],
    [
      { labels: { Team: 'x' } },
      'labels.Team "x": not a label of Google Cloud; write at most 63 lower-case letters, digits, dashes and underscores',
    ],
  ])('%j', (props, message) => {
    expect(one(props)).toBe(message);
  });

  test('a subnetwork in another region', () => {
    const problems = problemsOf(() => cluster({ region: 'us-central1' }));
    expect(problems).toEqual([
      expect.objectContaining({
        prop: 'network',
        reason: 'its subnetwork is not in us-central1',
        instead: 'give a subnetwork in us-central1',
      }),
    ]);
  });
});

describe('file systems of a job', () => {
  const nfs = (stack: TerraformStack) =>
    SharedFileSystem.fromSharedFileSystemAttributes(stack, 'Nfs', { kind: FileSystemKind.POSIX, server: '10.0.0.9', path: '/export' });
  const bodyOf = (stack: Synthesized): Json => {
    let body: Json;
    run(sourceOf(stack), {
      call: (name, args) => {
        if (name === CREATE) body = args.body;
        return name.endsWith('executions.list') ? { executions: [{ name: EXECUTION }] } : { status: { state: 'SUCCEEDED' } };
      },
    });
    return body;
  };

  test('are mounted on every machine, which every user may write to', () => {
    const { taskSpec } = bodyOf(synth((s) => void make(s, { ...GANG, mounts: { '/mnt/scratch': nfs(s) } }))).taskGroups[0];
    expect(taskSpec.volumes).toEqual([{ nfs: { server: '10.0.0.9', remotePath: '/export' }, mountPath: '/mnt/scratch' }]);
    expect(taskSpec.runnables).toHaveLength(4);
    expect(taskSpec.runnables[0].script.text).toContain('for folder in /mnt/scratch; do');
  });

  test('of the platform are known by their server', () => {
    const stack = synth((s) => {
      const network = new FakeNetwork(s, 'Net');
      const scratch = new SharedFileSystem(s, 'Scratch', { ...PLACE, network, kind: FileSystemKind.POSIX });
      make(s, { mounts: { '/mnt/scratch': scratch } });
    });
    expect(bodyOf(stack).taskGroups[0].taskSpec.volumes[0].nfs).toEqual({
      server: expect.stringMatching(/^\$\{local\.Scratch_Address_\w+\}$/),
      remotePath: '/share',
    });
  });

  test('are refused where Batch cannot mount them', () => {
    const problems = problemsOf(() =>
      synth((s) => {
        const fast = SharedFileSystem.fromSharedFileSystemAttributes(s, 'Fast', {
          kind: FileSystemKind.PARALLEL,
          server: '10.0.0.9',
          path: '/fs',
        });
        make(s, { mounts: { '/mnt/fast': fast, '/data': nfs(s) } });
      }),
    );
    expect(problems).toEqual([
      {
        code: 'unsupported',
        construct: "gcp.GpuTrainingCluster 'test/Train'",
        prop: 'mounts',
        value: '/mnt/fast',
        reason:
          "jobs of Google Cloud Batch mount NFS and Cloud Storage; Managed Lustre's client is a kernel module for Ubuntu 22.04 and Rocky Linux 8, which the machines of a job do not run",
        instead: 'mount a file system of kind posix',
      },
      expect.objectContaining({ code: 'syntax', prop: 'mounts', value: '/data' }),
    ]);
  });

  test('are not there where none are asked for', () => {
    expect(job().taskGroups[0].taskSpec).not.toHaveProperty('volumes');
  });
});

describe('secrets of a job', () => {
  const stack = () =>
    synth((s) => {
      const hub = new Secret(s, 'Hub', PLACE);
      const theirs = Secret.fromSecretAttributes(s, 'Theirs', { project: 'shared-keys', secretId: 'key', version: '3' });
      make(s, { secrets: { HF_TOKEN: hub, KEY: theirs } });
    });

  test('are named in the job, and nowhere is a value', () => {
    const source = JSON.stringify(sourceOf(stack()));
    expect(source).toMatch(
      /"secretVariables":\{"HF_TOKEN":"projects\/acme-ml-dev\/secrets\/\$\{google_secret_manager_secret\.\w+\.secret_id\}\/versions\/latest","KEY":"projects\/shared-keys\/secrets\/key\/versions\/3"\}/,
    );
  });

  test('may be read by its machines only, before a job can be submitted', () => {
    const made = stack();
    expect(made.all('google_secret_manager_secret_iam_member').map((m) => [m.role, m.project])).toEqual([
      ['roles/secretmanager.secretAccessor', 'acme-ml-dev'],
      ['roles/secretmanager.secretAccessor', 'shared-keys'],
    ]);
    for (const { member } of made.all('google_secret_manager_secret_iam_member')) expect(member).toMatch(/Train_JobAccount_\w+\.member\}$/);
    expect(made.only('google_workflows_workflow').depends_on).toContainEqual(
      expect.stringMatching(/^google_secret_manager_secret_iam_member\./),
    );
  });

  test('are refused where a variable is set already, or has no proper name', () => {
    const problems = problemsOf(() =>
      synth((s) => {
        const key = Secret.fromSecretAttributes(s, 'Key', { project: 'shared-keys', secretId: 'key' });
        make(s, { env: { KEY: '1' }, secrets: { KEY: key, 'A-B': key } });
      }),
    );
    expect(problems.map((p) => p.prop)).toEqual(['secrets.KEY', 'secrets.A-B']);
  });
});

test('an image of a public registry comes through the cache of the registry', () => {
  const made = synth((s) => void make(s, { registry: new ImageRegistry(s, 'Images', { ...PLACE, pullThrough: ['ghcr.io'] }) }));
  expect(JSON.stringify(sourceOf(made))).toMatch(
    /"imageUri":"europe-west4-docker\.pkg\.dev\/acme-ml-dev\/ghcr-io-images-[0-9a-f]{8}\/acme\/train:1\.0"/,
  );
});
