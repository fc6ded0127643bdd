import {
  Accelerator,
  Access,
  ContainerImage,
  Duration,
  Environment,
  FileSystemKind,
  ImageOwner,
  InferenceBaseProps,
  Rollout,
  Size,
} from '../../lib/core';
import { parity, ParityEntry } from '../../lib/core/parity';
import { CloudRunInference, CloudRunInferenceProps } from '../../lib/gcp/inference';
import { SharedFileSystem } from '../../lib/gcp/file-system';
import { ImageRegistry } from '../../lib/gcp/registry';
import { Secret } from '../../lib/gcp/secret';
import { SUPPORT } from '../../lib/gcp/support';
import { problemsOf } from '../contract/room';
import { ALICE, FakeNetwork, PLACE, Synthesized, synth } from './helper';

const IMAGE = ContainerImage.fromReference('docker.io/acme/app:1.4');

function service(props: Partial<CloudRunInferenceProps> = {}, use: (s: CloudRunInference) => void = () => undefined): Synthesized {
  return synth((stack) => use(new CloudRunInference(stack, 'Predict', { ...PLACE, image: IMAGE, ...props })));
}
const run = (props: Partial<CloudRunInferenceProps> = {}) => service(props).only('google_cloud_run_v2_service');
const container = (props: Partial<CloudRunInferenceProps> = {}) => run(props).template.containers[0];
const problems = (props: Partial<CloudRunInferenceProps>) =>
  problemsOf(() => service(props)).map(({ prop, reason, instead }) => ({ prop, reason, instead }));

function report(props: Partial<CloudRunInferenceProps>): ParityEntry[] {
  let entries: ParityEntry[] = [];
  synth((stack) => {
    new CloudRunInference(stack, 'Predict', { ...PLACE, image: IMAGE, ...props });
    entries = parity.report(stack);
  });
  return entries;
}

describe('CloudRunInference', () => {
  test('scales from zero to ten small instances of the second generation by default', () => {
    const s = run();
    expect(s.template).toMatchObject({
      execution_environment: 'EXECUTION_ENVIRONMENT_GEN2',
      max_instance_request_concurrency: 8,
      scaling: { min_instance_count: 0, max_instance_count: 10 },
      timeout: '30s',
    });
    expect(s.template.containers[0]).toMatchObject({
      image: 'docker.io/acme/app:1.4',
      ports: { container_port: 8080 },
      resources: { cpu_idle: true, limits: { cpu: '1', memory: '2048Mi' }, startup_cpu_boost: true },
    });
    expect(s.template).not.toHaveProperty('vpc_access');
    expect(s.template).not.toHaveProperty('node_selector');
  });

  test('takes every size, limit and address that is asked for', () => {
    const s = run({
      port: 9000,
      cpu: 4,
      memory: Size.gibibytes(16),
      timeout: Duration.minutes(60),
      minInstances: 1,
      maxInstances: 50,
      concurrency: 80,
      cpuAlwaysAllocated: true,
    });
    expect(s.template).toMatchObject({
      max_instance_request_concurrency: 80,
      scaling: { min_instance_count: 1, max_instance_count: 50 },
      timeout: '3600s',
    });
    expect(s.template.containers[0]).toMatchObject({
      ports: { container_port: 9000 },
      resources: { cpu_idle: false, limits: { cpu: '4', memory: '16384Mi' } },
    });
  });

  test('less than one cpu runs one request at a time, in the first generation', () => {
    const s = run({ cpu: 0.5, memory: Size.gibibytes(1) });
    expect(s.template).toMatchObject({ execution_environment: 'EXECUTION_ENVIRONMENT_GEN1', max_instance_request_concurrency: 1 });
    expect(s.template.containers[0].resources.limits.cpu).toBe('500m');
  });

  test('probes ask for the health path while it starts and afterwards', () => {
    expect(container({ healthPath: '/ready', startTimeout: Duration.seconds(60) })).toMatchObject({
      startup_probe: { http_get: { path: '/ready' }, period_seconds: 10, failure_threshold: 6, timeout_seconds: 5 },
      liveness_probe: { http_get: { path: '/ready' }, period_seconds: 30, failure_threshold: 3, timeout_seconds: 5 },
    });
    expect(container().startup_probe.failure_threshold).toBe(24);
  });

  test('runs as an account of its own that may do nothing', () => {
    const s = service();
    expect(s.only('google_cloud_run_v2_service').template.service_account).toMatch(/^\$\{google_service_account\..*\.email\}$/);
    expect(s.resources.filter((r) => /iam/.test(r.type))).toEqual([]);
  });

  test('is a member that others can grant things to', () => {
    service({}, (s) => expect(s.member).toBe(`serviceAccount:${s.serviceAccountEmail}`));
  });

  test('runs as an account that exists already', () => {
    const s = service({ serviceAccountEmail: 'predict@acme-ml-dev.iam.gserviceaccount.com' });
    expect(s.all('google_service_account')).toEqual([]);
    expect(s.only('google_cloud_run_v2_service').template.service_account).toBe('predict@acme-ml-dev.iam.gserviceaccount.com');
  });

  test('requests to private addresses leave through the network', () => {
    const s = synth(
      (stack) => void new CloudRunInference(stack, 'Predict', { ...PLACE, image: IMAGE, network: new FakeNetwork(stack, 'Network') }),
    );
    expect(s.only('google_cloud_run_v2_service').template.vpc_access).toEqual({
      egress: 'PRIVATE_RANGES_ONLY',
      network_interfaces: [
        {
          network: 'projects/acme-ml-dev/global/networks/ml',
          subnetwork: 'projects/acme-ml-dev/regions/europe-west4/subnetworks/ml',
        },
      ],
    });
  });

  test('all requests leave through the network if asked to', () => {
    const s = synth((stack) => {
      const network = new FakeNetwork(stack, 'Network');
      new CloudRunInference(stack, 'Predict', { ...PLACE, image: IMAGE, network, allTrafficThroughNetwork: true });
    });
    expect(s.only('google_cloud_run_v2_service').template.vpc_access.egress).toBe('ALL_TRAFFIC');
  });

  test('text of the environment is no Terraform expression', () => {
    expect(container({ env: { GREETING: 'hello ${USER} %{x}' } }).env).toEqual([{ name: 'GREETING', value: 'hello $${USER} %%{x}' }]);
  });

  test('secrets are read from Secret Manager, each by a permission on that secret only', () => {
    const s = synth((stack) => {
      const theirs = (id: string, project: string, version?: string) =>
        Secret.fromSecretAttributes(stack, id, { project, secretId: id, version });
      const secrets = {
        API_KEY: theirs('api-key', 'acme-ml-dev'),
        SAME: theirs('old-key', 'acme-ml-dev', '3'),
        SHARED: theirs('token', 'shared', '7'),
      };
      new CloudRunInference(stack, 'Predict', { ...PLACE, image: IMAGE, secrets });
    });
    const ref = (secret: string, version: string) => ({ secret_key_ref: { secret, version } });
    expect(s.only('google_cloud_run_v2_service').template.containers[0].env).toEqual([
      { name: 'API_KEY', value_source: ref('api-key', 'latest') },
      { name: 'SAME', value_source: ref('old-key', '3') },
      { name: 'SHARED', value_source: ref('projects/shared/secrets/token', '7') },
    ]);
    expect(s.all('google_secret_manager_secret_iam_member')).toEqual([
      expect.objectContaining({ project: 'acme-ml-dev', secret_id: 'api-key', role: 'roles/secretmanager.secretAccessor' }),
      expect.objectContaining({ project: 'acme-ml-dev', secret_id: 'old-key', role: 'roles/secretmanager.secretAccessor' }),
      expect.objectContaining({ project: 'shared', secret_id: 'token', role: 'roles/secretmanager.secretAccessor' }),
    ]);
  });

  test('it is deployed when it may read its secrets and each has a version', () => {
    const s = synth((stack) => {
      const key = new Secret(stack, 'Key', PLACE);
      new CloudRunInference(stack, 'Predict', { ...PLACE, image: IMAGE, secrets: { KEY: key, SAME_KEY: key } });
    });
    expect(s.only('google_cloud_run_v2_service').depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^google_secret_manager_secret_iam_member\./),
        expect.stringMatching(/^google_secret_manager_secret_version\./),
      ]),
    );
  });

  test('file systems are mounted through the network', () => {
    const s = synth((stack) => {
      const nfs = SharedFileSystem.fromSharedFileSystemAttributes(stack, 'Nfs', {
        kind: FileSystemKind.POSIX,
        server: '10.0.0.9',
        path: '/export',
      });
      const network = new FakeNetwork(stack, 'Network');
      new CloudRunInference(stack, 'Predict', { ...PLACE, image: IMAGE, network, mounts: { '/mnt/scratch': nfs, '/mnt/code': nfs } });
    });
    const { volumes, containers, execution_environment, vpc_access } = s.only('google_cloud_run_v2_service').template;
    expect(volumes).toEqual(['mount-0', 'mount-1'].map((name) => ({ name, nfs: { server: '10.0.0.9', path: '/export' } })));
    expect(containers[0].volume_mounts).toEqual([
      { name: 'mount-0', mount_path: '/mnt/code' },
      { name: 'mount-1', mount_path: '/mnt/scratch' },
    ]);
    expect(execution_environment).toBe('EXECUTION_ENVIRONMENT_GEN2');
    expect(vpc_access).toBeDefined();
  });

  test('file systems that it cannot mount are refused, all at once', () => {
    const problems = problemsOf(() =>
      synth((stack) => {
        const fast = SharedFileSystem.fromSharedFileSystemAttributes(stack, 'Fast', {
          kind: FileSystemKind.PARALLEL,
          server: '10.0.0.9',
          path: '/fs',
        });
        new CloudRunInference(stack, 'Predict', { ...PLACE, image: IMAGE, cpu: 0.5, memory: Size.gibibytes(1), mounts: { '/data': fast } });
      }),
    );
    expect(problems).toMatchObject([
      { prop: 'mounts', value: '/data', instead: 'write a path such as /mnt/scratch' },
      { prop: 'mounts', value: '/data', reason: 'Cloud Run mounts NFS and Cloud Storage; it has no client of Lustre' },
      { prop: 'network', reason: 'a service reaches a file system through a network only' },
      { prop: 'cpu', value: 0.5, reason: 'only the second generation mounts file systems, and it has no less than one cpu' },
    ]);
  });

  test('an image of a public registry comes through the cache of its registry', () => {
    const s = synth((stack) => {
      const registry = new ImageRegistry(stack, 'Images', { ...PLACE, pullThrough: ['ghcr.io'] });
      new CloudRunInference(stack, 'Predict', { ...PLACE, image: ContainerImage.fromReference('ghcr.io/acme/app:1'), registry });
    });
    expect(s.only('google_cloud_run_v2_service').template.containers[0].image).toMatch(/\/ghcr-io-images-[0-9a-f]{8}\/acme\/app:1$/);
  });

  test('is not deleted by accident in production, and destroyed cleanly elsewhere', () => {
    expect([Environment.DEV, Environment.STAGING, Environment.PROD].map((environment) => run({ environment }).deletion_protection)).toEqual(
      [false, false, true],
    );
  });

  test('a name that Cloud Run takes, however long the path is', () => {
    const s = synth((stack) => void new CloudRunInference(stack, 'P'.repeat(80), { ...PLACE, image: IMAGE }));
    expect(s.only('google_cloud_run_v2_service').name).toMatch(/^[a-z][a-z0-9-]{0,47}[a-z0-9]$/);
  });

  describe('access', () => {
    test('private takes requests from the network only, of somebody who may', () => {
      const s = service();
      expect(s.only('google_cloud_run_v2_service').ingress).toBe('INGRESS_TRAFFIC_INTERNAL_ONLY');
      expect(s.output('InvokeCommand')).toMatch(
        /^curl -H "Authorization: Bearer \$\(gcloud auth print-identity-token\)" .*\.uri\}\/predict$/,
      );
    });

    test('public lets anybody in, and nobody needs a token', () => {
      const s = service({ access: Access.PUBLIC });
      expect(s.only('google_cloud_run_v2_service_iam_member')).toMatchObject({ role: 'roles/run.invoker', member: 'allUsers' });
      expect(s.output('InvokeCommand')).not.toContain('token');
    });

    test('grants.invoke lets somebody call this service', () => {
      const s = service({ access: Access.AUTHENTICATED }, (x) => x.grants.invoke('Alice', ALICE));
      expect(s.only('google_cloud_run_v2_service_iam_member')).toEqual({
        project: 'acme-ml-dev',
        location: 'europe-west4',
        name: expect.stringMatching(/^\$\{google_cloud_run_v2_service\..*\.name\}$/),
        role: 'roles/run.invoker',
        member: 'user:alice@example.com',
      });
    });

    test('grants.deploy lets somebody deploy this service, as its own account', () => {
      const s = service({}, (x) => x.grants.deploy('Alice', ALICE));
      expect(s.only('google_cloud_run_v2_service_iam_member')).toMatchObject({ role: 'roles/run.developer', member: ALICE.member });
      expect(s.only('google_service_account_iam_member')).toMatchObject({
        service_account_id: expect.stringMatching(/^projects\/acme-ml-dev\/serviceAccounts\/\$\{google_service_account\..*\.email\}$/),
        role: 'roles/iam.serviceAccountUser',
        member: ALICE.member,
      });
    });
  });

  describe('a pipeline that owns the image', () => {
    const owned = { imageOwner: ImageOwner.PIPELINE };

    test('finds a placeholder, and its work is ignored', () => {
      const s = run(owned);
      expect(s.template.containers[0].image).toBe('us-docker.pkg.dev/cloudrun/container/hello');
      expect(s.lifecycle.ignore_changes).toEqual([
        'client',
        'client_version',
        'template[0].annotations',
        'template[0].containers[0].image',
        'template[0].labels',
        'traffic',
      ]);
    });

    test('has its canary reported as mapped', () => {
      const rollout = Rollout.canary({ percent: 20, interval: Duration.minutes(5) });
      expect(report({ ...owned, rollout })).toContainEqual(
        expect.objectContaining({
          path: 'test/Predict.rollout',
          kind: 'mapped',
          became: 'revision with 20 % of the traffic for 5m, then all, by the pipeline',
        }),
      );
    });

    test('cannot take steps for longer than a build runs', () => {
      expect(problems({ ...owned, rollout: Rollout.canary({ interval: Duration.hours(23) }) })).toEqual([
        {
          prop: 'rollout.interval',
          reason: 'Cloud Build, which takes the steps of the rollout, runs for a day at most',
          instead: 'write 22h or less',
        },
      ]);
    });
  });

  test('what the stack owns gets all traffic at once, and nothing is ignored', () => {
    const s = run();
    expect(s.traffic).toEqual([{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }]);
    expect(s).not.toHaveProperty('lifecycle');
  });

  test('a canary that the stack owns is approximated, with the reason', () => {
    expect(report({ rollout: Rollout.canary() })).toContainEqual({
      cloud: 'gcp',
      path: 'test/Predict.rollout',
      kind: 'approximated',
      became: 'all traffic at once',
      reason: SUPPORT['inference.rollout.canary'].reason,
    });
  });

  describe('a GPU', () => {
    test('raises the defaults to what an L4 needs', () => {
      const s = run({ accelerator: Accelerator.L4 });
      expect(s.template).toMatchObject({
        node_selector: { accelerator: 'nvidia-l4' },
        gpu_zonal_redundancy_disabled: true,
        scaling: { max_instance_count: 3 },
      });
      expect(s.template.containers[0].resources).toMatchObject({
        cpu_idle: false,
        limits: { cpu: '4', memory: '16384Mi', 'nvidia.com/gpu': '1' },
      });
    });

    test('asked for by need is an L4 up to 24 GiB', () => {
      expect(run({ accelerator: Accelerator.atLeast({ memoryGib: 16 }) }).template.node_selector).toEqual({ accelerator: 'nvidia-l4' });
    });

    test.each<[string, Partial<InferenceBaseProps & { region: string }>, object[]]>([
      [
        'of another kind',
        { accelerator: Accelerator.A100_80GB },
        [
          {
            prop: 'accelerator.type',
            reason: 'Cloud Run has no A100_80GB',
            instead: 'write L4 (24 GiB), or leave it out; the other kinds serve on GKE or Compute Engine',
          },
        ],
      ],
      [
        'with more memory',
        { accelerator: Accelerator.atLeast({ memoryGib: 40 }) },
        [{ prop: 'accelerator.memoryGib', reason: 'Cloud Run has L4 only, with 24 GiB', instead: 'write 24 or less' }],
      ],
      [
        'where there is none',
        { accelerator: Accelerator.L4, region: 'europe-north1' },
        [
          {
            prop: 'accelerator',
            reason: 'Cloud Run has no GPU in europe-north1',
            instead:
              'move the service to asia-south1, asia-southeast1, europe-west1, europe-west4, us-central1 or us-east4, or leave the accelerator out',
          },
        ],
      ],
      [
        'in too small an instance',
        { accelerator: Accelerator.L4, cpu: 2, memory: Size.gibibytes(8) },
        [
          { prop: 'cpu', reason: 'an instance with an L4 needs at least 4 cpu', instead: 'write 4, 6 or 8' },
          { prop: 'memory', reason: 'an instance with an L4 needs at least 16GiB', instead: 'write 16GiB or more' },
        ],
      ],
    ])('%s is refused', (_, props, expected) => {
      expect(problems(props)).toEqual(expected);
    });

    test('always has its processors', () => {
      expect(problems({ accelerator: Accelerator.L4, cpuAlwaysAllocated: false })).toEqual([
        { prop: 'cpuAlwaysAllocated', reason: 'an instance with a GPU always has its processors', instead: 'leave it out' },
      ]);
    });
  });

  describe('refuses', () => {
    test('an image in a registry that Cloud Run does not pull from', () => {
      expect(problems({ image: ContainerImage.fromReference('ghcr.io/acme/app:1.4') })).toEqual([
        {
          prop: 'image',
          reason: 'Cloud Run pulls from Artifact Registry and Docker Hub only',
          instead: 'add ghcr.io to pullThrough of the registry, or write a directory whose Dockerfile starts FROM it',
        },
      ]);
    });

    test.each(['acme/app:1.4', 'app', 'docker.io/acme/app', 'europe-west4-docker.pkg.dev/acme/images/app:1', 'eu.gcr.io/acme/app:1'])(
      'not %s, which it does pull',
      (reference) => {
        expect(() => service({ image: ContainerImage.fromReference(reference) })).not.toThrow();
      },
    );

    test('a variable that is set twice, or has no proper name', () => {
      const problems = problemsOf(() =>
        synth((stack) => {
          const key = Secret.fromSecretAttributes(stack, 'Key', { project: 'acme-ml-dev', secretId: 'key' });
          new CloudRunInference(stack, 'Predict', {
            ...PLACE,
            image: IMAGE,
            env: { KEY: '1' },
            secrets: { KEY: key, 'A-B': key, PORT: key },
          });
        }),
      );
      expect(problems).toMatchObject([
        { prop: 'secrets.PORT', reason: 'Cloud Run sets this variable itself' },
        { prop: 'secrets.KEY', reason: 'env sets this variable, too', instead: 'leave it out of one of them' },
        { prop: 'secrets.A-B', reason: 'a variable is named by letters, digits and underscores, no digit first' },
      ]);
    });

    test('with the whole message', () => {
      expect(() => service({ memory: Size.gibibytes(5) })).toThrow(
        new Error(
          `gcp.CloudRunInference 'test/Predict': memory "5GiB": Cloud Run gives 1 cpu 512MiB to 4GiB; write 512MiB to 4GiB, or cpu: 2`,
        ),
      );
    });

    test.each<[string, Partial<CloudRunInferenceProps>, string, string, string]>([
      ['too little memory for the cpu', { cpu: 8 }, 'memory', 'Cloud Run gives 8 cpu 4GiB to 32GiB', 'write 4GiB to 32GiB, or cpu: 1'],
      [
        'too much memory for a part of a cpu',
        { cpu: 0.5 },
        'memory',
        'Cloud Run gives 0.5 cpu 128MiB to 1GiB',
        'write 128MiB to 1GiB, or cpu: 1',
      ],
      [
        'more memory than there is',
        { memory: Size.gibibytes(64) },
        'memory',
        'Cloud Run offers at most 32GiB',
        'write 32GiB or less, with cpu: 8',
      ],
      ['an odd cpu', { cpu: 3 }, 'cpu', 'Cloud Run offers 1, 2, 4, 6, 8 cpu, or a part of one from 0.08', 'write 1, 2, 4, 6 or 8'],
      [
        'concurrency on a part of a cpu',
        { cpu: 0.5, memory: Size.gibibytes(1), concurrency: 8 },
        'concurrency',
        'an instance with less than one cpu takes one request at a time',
        'write 1, or cpu: 1 or more',
      ],
      ['too much concurrency', { concurrency: 1001 }, 'concurrency', 'Cloud Run allows 1 to 1,000', 'write a number from 1 to 1000'],
      [
        'more than an hour',
        { timeout: Duration.hours(2) },
        'timeout',
        'Cloud Run lets a request take 1 to 3,600 seconds',
        'write 60m or less',
      ],
      [
        'a minimum above the maximum',
        { minInstances: 5, maxInstances: 2 },
        'minInstances',
        'more than the 2 instances there may be',
        'write 2 or less',
      ],
      ['no instance at all', { maxInstances: 0 }, 'maxInstances', 'not a whole number of at least 1', 'write 1 or more'],
      ['a port that is none', { port: 70000 }, 'port', 'TCP allows 1 to 65,535', 'write a number from 1 to 65535'],
      [
        'a reserved variable',
        { env: { PORT: '1' } },
        'env.PORT',
        'Cloud Run sets this variable itself',
        'choose another name, or leave it out',
      ],
      [
        'a variable without a proper name',
        { env: { 'A-B': '1' } },
        'env.A-B',
        'not the name of an environment variable',
        'write letters, digits and underscores, a letter first',
      ],
      ['a zone', { region: 'europe-west4-a' }, 'region', 'it is a zone', 'write europe-west4'],
      [
        'a slow start',
        { startTimeout: Duration.minutes(10) },
        'startTimeout',
        'Cloud Run waits 10 to 240 seconds for a container to start',
        'write 4m or less; load large models after the port is open',
      ],
      [
        'processors kept for a part of one',
        { cpu: 0.5, memory: Size.gibibytes(1), cpuAlwaysAllocated: true },
        'cpuAlwaysAllocated',
        'less than one cpu is billed by request only',
        'leave it out, or write cpu: 1 or more',
      ],
      [
        'all traffic through no network',
        { allTrafficThroughNetwork: true },
        'network',
        'there is no network for all traffic to go through',
        'give a network',
      ],
    ])('%s', (_, props, prop, reason, instead) => {
      expect(problems(props)).toEqual([{ prop, reason, instead }]);
    });
  });

  test('one that exists already can be called, deployed and watched', () => {
    const s = synth((stack) => {
      const old = CloudRunInference.fromCloudRunInferenceAttributes(stack, 'Old', {
        ...PLACE,
        serviceName: 'old',
        url: 'https://old-1234567890.europe-west4.run.app',
        serviceAccountEmail: 'old@acme-ml-dev.iam.gserviceaccount.com',
      });
      old.grants.invoke('Alice', ALICE);
      expect([old.metricRequestCount(), old.metricRequestLatencies(), old.metricInstanceCount()]).toEqual(
        ['request_count', 'request_latencies', 'container/instance_count'].map(
          (metric) =>
            `resource.type = "cloud_run_revision" AND resource.labels.service_name = "old" AND resource.labels.location = "europe-west4" AND metric.type = "run.googleapis.com/${metric}"`,
        ),
      );
      expect([old.access, old.healthPath, old.maxInstances, old.imageOwner]).toEqual(['authenticated', '/health', 100, 'pipeline']);
    });
    expect(s.resources.map((r) => r.type)).toEqual(['google_cloud_run_v2_service_iam_member']);
  });
});
