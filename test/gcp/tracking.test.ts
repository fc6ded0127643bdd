import { spawnSync } from 'child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { TerraformStack } from 'cdktf';
import { ContainerImage, Duration, Environment, Size, TrackingEngine } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { IamMember } from '../../lib/gcp/member';
import { MlNetwork } from '../../lib/gcp/network';
import { ArtifactStore } from '../../lib/gcp/storage';
import { ExperimentTracking, ExperimentTrackingProps, IExperimentTracking, TrackingServerAttributes } from '../../lib/gcp/tracking';
import { problemsOf } from '../contract/room';
import { ALICE, FakeNetwork, Json, PLACE, synth, Synthesized } from './helper';

const IMAGE = ContainerImage.fromReference('docker.io/acme/mlflow:1');
const make = (stack: TerraformStack, props: Partial<ExperimentTrackingProps> = {}): ExperimentTracking =>
  new ExperimentTracking(stack, 'Tracking', { ...PLACE, network: new FakeNetwork(stack, 'Network'), image: IMAGE, ...props });

function tracking(props: Partial<ExperimentTrackingProps> = {}, then: (t: ExperimentTracking) => void = () => undefined): Synthesized {
  return synth((stack) => then(make(stack, props)));
}
const refused = (props: Partial<ExperimentTrackingProps>) => problemsOf(() => tracking(props));
const service = (s: Synthesized) => s.only('google_cloud_run_v2_service');
const container = (s: Synthesized, name: string): Json => service(s).template.containers.find((c: Json) => c.name === name);
const env = (s: Synthesized): Json => Object.fromEntries(container(s, 'mlflow').env.map(({ name, value }: Json) => [name, value]));
const database = (s: Synthesized) => s.only('google_sql_database_instance');
const clauses = (s: Synthesized) => s.all('google_cloud_run_v2_service_iam_member').map(({ role, member }) => ({ role, member }));

describe('ExperimentTracking', () => {
  describe('the service', () => {
    test('takes requests from the network only, and asks for an identity', () => {
      const s = tracking();
      expect(service(s).ingress).toBe('INGRESS_TRAFFIC_INTERNAL_ONLY');
      expect(clauses(s)).toEqual([]);
      expect(service(s).invoker_iam_disabled).toBeUndefined();
    });

    test('has nginx before the server, which takes HTTP/2 and so requests of any size', () => {
      const s = tracking();
      const front = container(s, 'front');
      expect(front.ports).toEqual({ name: 'h2c', container_port: 8080 });
      expect(front.depends_on).toEqual(['mlflow']);
      expect(front.env[0].value).toContain('http2 on;');
      expect(front.env[0].value).toContain('client_max_body_size 0;');
      expect(front.env[0].value).toContain('proxy_pass http://127.0.0.1:5000;');
      expect(container(s, 'mlflow').ports).toBeUndefined();
    });

    test('is probed while it starts and while it runs', () => {
      const { startup_probe: startup, liveness_probe: liveness } = container(tracking(), 'mlflow');
      expect(startup).toMatchObject({ http_get: { path: '/health', port: 5000 }, period_seconds: 10, failure_threshold: 24 });
      expect(liveness).toMatchObject({ http_get: { path: '/health', port: 5000 } });
    });

    test('answers for the one host name that it is called by', () => {
      const s = tracking();
      const host = env(s).MLFLOW_SERVER_ALLOWED_HOSTS;
      expect(host).toMatch(/^tracking-[0-9a-f]{8}-\$\{data\.google_project\..*number\}\.europe-west4\.run\.app$/);
      expect(service(s).custom_audiences).toEqual([`https://${host}`]);
    });

    test('runs from zero to one instance in dev, from one in staging, up to three in prod', () => {
      const scaling = (environment?: Environment) => service(tracking({ environment })).template.scaling;
      expect(scaling()).toEqual({ min_instance_count: 0, max_instance_count: 1 });
      expect(scaling(Environment.STAGING)).toEqual({ min_instance_count: 1, max_instance_count: 1 });
      expect(scaling(Environment.PROD)).toEqual({ min_instance_count: 1, max_instance_count: 3 });
    });

    test('reaches its database through the network', () => {
      expect(service(tracking()).template.vpc_access).toEqual({
        egress: 'PRIVATE_RANGES_ONLY',
        network_interfaces: [
          {
            network: 'projects/acme-ml-dev/global/networks/ml',
            subnetwork: 'projects/acme-ml-dev/regions/europe-west4/subnetworks/ml',
          },
        ],
      });
    });

    test('is protected from deletion in prod only', () => {
      expect(service(tracking()).deletion_protection).toBe(false);
      expect(service(tracking({ environment: Environment.PROD })).deletion_protection).toBe(true);
    });

    test('waits for the database, its role, its login, the bucket and the topic', () => {
      const waits = service(tracking()).depends_on.join(' ');
      for (const word of ['terraform_data.', 'Login', 'google_storage_bucket_iam_member', 'google_pubsub_topic_iam_member'])
        expect(waits).toContain(word);
    });

    test('has a name in the network that stands for addresses of Google within it', () => {
      const s = tracking();
      const zone = s.only('google_dns_managed_zone');
      expect(zone).toMatchObject({
        visibility: 'private',
        private_visibility_config: { networks: [{ network_url: 'projects/acme-ml-dev/global/networks/ml' }] },
      });
      expect(zone.dns_name).toMatch(
        /^\$\{google_cloud_run_v2_service\..*\.name\}-\$\{data\.google_project\..*\}\.europe-west4\.run\.app\.$/,
      );
      expect(s.only('google_dns_record_set').rrdatas).toEqual(['199.36.153.8', '199.36.153.9', '199.36.153.10', '199.36.153.11']);
    });
  });

  describe('its size', () => {
    const limits = (props: Partial<ExperimentTrackingProps>) => container(tracking(props), 'mlflow').resources.limits;

    test('is one processor and 2 GiB', () => {
      expect(limits({})).toEqual({ cpu: '1', memory: '2048Mi' });
    });

    test.each([
      [{ cpu: 0.5 }, { cpu: '1', memory: '2048Mi' }],
      [{ cpu: 3 }, { cpu: '4', memory: '2048Mi' }],
      [{ memory: Size.gibibytes(6) }, { cpu: '2', memory: '6144Mi' }],
      [
        { cpu: 4, memory: Size.gibibytes(1) },
        { cpu: '4', memory: '2048Mi' },
      ],
    ])('%j is rounded up to the next step', (props, expected) => {
      expect(limits(props)).toEqual(expected);
    });

    test('is told where it was rounded', () => {
      let root: ExperimentTracking;
      tracking({ cpu: 3 }, (t) => (root = t));
      expect(parity.report(root!).find((e) => e.path === 'test/Tracking.cpu')).toMatchObject({
        kind: 'approximated',
        became: '4 cpu and 2GiB',
        reason: 'Cloud Run offers processors and memory in steps, and the next one up was taken',
      });
    });

    test('is refused above the largest', () => {
      expect(refused({ memory: Size.gibibytes(64) })).toMatchObject([
        { code: 'limit', prop: 'memory', value: '64GiB', reason: 'Cloud Run offers at most 32GiB', instead: 'write 32GiB or less' },
      ]);
    });
  });

  describe('the database', () => {
    test('has an address in the network only, and takes encrypted connections only', () => {
      expect(database(tracking()).settings.ip_configuration).toEqual({
        ipv4_enabled: false,
        private_network: 'projects/acme-ml-dev/global/networks/ml',
        allocated_ip_range: 'ml-services',
        ssl_mode: 'ENCRYPTED_ONLY',
      });
    });

    test('has no name of its own, because Cloud SQL keeps names for a week after deletion', () => {
      expect(database(tracking()).name).toBeUndefined();
    });

    test('knows no password: its user is the service account', () => {
      const s = tracking();
      expect(database(s).root_password).toBeUndefined();
      expect(s.only('google_sql_user')).toMatchObject({
        type: 'CLOUD_IAM_SERVICE_ACCOUNT',
        name: expect.stringMatching(/^\$\{google_service_account\..*account_id\}@acme-ml-dev\.iam$/),
        deletion_policy: 'ABANDON',
      });
      expect(s.only('google_sql_user')).not.toHaveProperty('password');
      expect(database(s).settings.database_flags).toEqual([{ name: 'cloudsql.iam_authentication', value: 'on' }]);
      expect(env(s)).toMatchObject({ MLFLOW_DB_AUTH: 'google-identity', MLFLOW_DB_TLS: 'require' });
    });

    test("gives the user the role of the database's owner, by gcloud while it is applied", () => {
      const role = tracking().find('terraform_data', 'Role');
      const { command, environment } = role.provisioner[0]['local-exec'];
      expect(command).toContain('gcloud sql users assign-roles "$DATABASE_USER"');
      expect(environment).toMatchObject({ PROJECT: 'acme-ml-dev', ROLE: 'cloudsqlsuperuser' });
    });

    describe('whose user gets that role', () => {
      const work = mkdtempSync(join(tmpdir(), 'role-'));
      const log = join(work, 'log');
      const give = (gcloud: string | undefined) => {
        const { command } = tracking().find('terraform_data', 'Role').provisioner[0]['local-exec'];
        for (const name of readdirSync(work)) rmSync(join(work, name));
        writeFileSync(log, '');
        const tool = (name: string, body: string) => writeFileSync(join(work, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
        tool('sleep', `echo "sleep $@" >>${log}`);
        tool('printenv', 'exit 1');
        if (gcloud !== undefined) tool('gcloud', `if [ "$1" = auth ]; then echo me; exit 0; fi\necho "$@" >>${log}\n${gcloud}`);
        const environment = { DATABASE_USER: 'mlflow@p.iam', INSTANCE: 'i', ROLE: 'cloudsqlsuperuser', PROJECT: 'p', PATH: work };
        const { status, stderr } = spawnSync('/bin/sh', ['-c', command], { env: environment, encoding: 'utf8' });
        return { status, stderr, calls: readFileSync(log, 'utf8').trim().split('\n') };
      };
      const ASSIGN =
        'sql users assign-roles mlflow@p.iam --instance i --type CLOUD_IAM_SERVICE_ACCOUNT --database-roles cloudsqlsuperuser --project p';

      test('at once where it can', () => {
        expect(give('exit 0')).toMatchObject({ status: 0, calls: [`${ASSIGN} --quiet`] });
      });

      test('later where another operation is under way, and not at all if it does not end', () => {
        const { status, calls } = give('exit 1');
        expect({
          status,
          waits: calls.filter((c) => c.startsWith('sleep')),
          tries: calls.filter((c) => c.startsWith('sql')).length,
        }).toEqual({
          status: 1,
          waits: ['sleep 15', 'sleep 30', 'sleep 60', 'sleep 120'],
          tries: 5,
        });
      });

      test('by hand where there is no gcloud, and says how', () => {
        const { status, stderr } = give(undefined);
        expect(status).toBe(0);
        expect(stderr).toContain('WARNING: mlflow@p.iam may not create tables yet');
        expect(stderr).toContain(`gcloud ${ASSIGN}\n`);
      });
    });

    test('keeps backups in its region, and the log of a week', () => {
      expect(database(tracking({ databaseBackupRetention: Duration.days(30) })).settings.backup_configuration).toMatchObject({
        enabled: true,
        location: 'europe-west4',
        point_in_time_recovery_enabled: true,
        transaction_log_retention_days: 7,
        backup_retention_settings: { retained_backups: 30, retention_unit: 'COUNT' },
      });
    });

    test('is larger, watched and protected on both sides in prod', () => {
      const { settings, deletion_protection: protectedByTerraform } = database(tracking({ environment: Environment.PROD }));
      expect(settings).toMatchObject({
        edition: 'ENTERPRISE',
        tier: 'db-custom-2-7680',
        deletion_protection_enabled: true,
        retain_backups_on_delete: true,
        insights_config: { query_insights_enabled: true },
      });
      expect(protectedByTerraform).toBe(true);
      expect(database(tracking()).settings).toMatchObject({ tier: 'db-custom-1-3840', deletion_protection_enabled: false });
    });

    test('waits for the connection of the network to the services of Google', () => {
      const s = synth((stack) => make(stack, { network: new MlNetwork(stack, 'Net', PLACE) }));
      expect(database(s).depends_on.join()).toContain('google_service_networking_connection');
    });

    test('may have a key and a machine of its own', () => {
      const kmsKeyName = 'projects/p/locations/r/keyRings/k/cryptoKeys/c';
      const d = database(tracking({ kmsKeyName, databaseTier: 'db-custom-4-15360', queryInsights: true }));
      expect(d.encryption_key_name).toBe(kmsKeyName);
      expect(d.settings).toMatchObject({ tier: 'db-custom-4-15360', insights_config: { query_insights_enabled: true } });
    });

    test('may be one that exists already', () => {
      const s = tracking({ database: { instance: 'mlflow', host: '10.64.0.3', name: 'tracks' } });
      expect(s.all('google_sql_database_instance')).toEqual([]);
      expect(s.all('terraform_data')).toEqual([]);
      expect(s.only('google_sql_user')).toMatchObject({ instance: 'mlflow', type: 'CLOUD_IAM_SERVICE_ACCOUNT' });
      expect(env(s)).toMatchObject({ MLFLOW_DB_HOST: '10.64.0.3', MLFLOW_DB_NAME: 'tracks' });
      expect(s.output('DatabaseCommand')).toContain('grant create, usage on schema public to');
    });
  });

  test('a database that exists already may name the role that its user gets', () => {
    const s = tracking({ database: { instance: 'mlflow', host: '10.64.0.3', role: 'mlflow_owner' } });
    expect(s.only('terraform_data').provisioner[0]['local-exec'].environment).toMatchObject({
      INSTANCE: expect.any(String),
      ROLE: 'mlflow_owner',
    });
    expect(Object.keys(s.outputs).some((name) => name.includes('DatabaseCommand'))).toBe(false);
    expect(refused({ database: { instance: 'mlflow', host: '10.64.0.3', role: 'a b' } })).toMatchObject([
      { code: 'name', prop: 'database.role' },
    ]);
  });

  describe('what the server may do', () => {
    test('log in to its own instance', () => {
      expect(tracking().find('google_project_iam_member', 'Login')).toMatchObject({
        role: 'roles/cloudsql.instanceUser',
        condition: {
          expression: expect.stringContaining('resource.name == "projects/acme-ml-dev/instances/${google_sql_database_instance.'),
        },
      });
    });

    test('write to its folder of the bucket', () => {
      const s = synth((stack) => {
        const artifacts = ArtifactStore.fromArtifactStoreAttributes(stack, 'Store', { bucketName: 'acme' });
        make(stack, { artifacts });
      });
      expect(s.only('google_storage_bucket_iam_member').condition.expression).toContain('/objects/mlflow/');
      expect(env(s).MLFLOW_ARTIFACTS_DESTINATION).toBe('gs://acme/mlflow');
    });

    test('publish to its topic, and nothing else', () => {
      const s = tracking();
      expect(s.only('google_pubsub_topic_iam_member').role).toBe('roles/pubsub.publisher');
      expect(env(s).ML_EVENTS).toMatch(/^pubsub:\$\{google_pubsub_topic\..*\.id\}$/);
      expect(s.all('google_project_iam_member').map((m) => m.role)).toEqual(['roles/cloudsql.instanceUser']);
    });
  });

  describe('clients', () => {
    test('are let in one by one, each once', () => {
      const s = tracking({}, (t) => {
        t.grants.use('Alice', ALICE);
        t.grants.use('AliceAgain', ALICE);
      });
      expect(clauses(s)).toEqual([{ role: 'roles/run.invoker', member: 'user:alice@example.com' }]);
    });

    test('get variables by which they find the server and sign in', () => {
      let environment: { readonly [name: string]: string } = {};
      tracking({}, (t) => (environment = t.environment()));
      expect(environment).toEqual({
        MLFLOW_TRACKING_URI: expect.stringMatching(/^https:\/\//),
        MLFLOW_TRACKING_AUTH: 'mlops-constructs',
        ML_TRACKING_AUTH: 'google-id-token',
        ML_TRACKING_AUDIENCE: environment.MLFLOW_TRACKING_URI,
      });
    });
  });

  describe('approvals', () => {
    test('name nobody at first, then those who were allowed', () => {
      expect(env(tracking()).ML_APPROVERS).toBe('{}');
      const s = tracking({}, (t) => {
        t.approvals!.demand('prices');
        t.approvals!.allow('housing', ALICE);
        t.approvals!.allow('housing', ALICE);
      });
      expect(JSON.parse(env(s).ML_APPROVERS)).toEqual({ prices: [], housing: ['user:alice@example.com'] });
    });

    test('cannot be given to a group', () => {
      expect(problemsOf(() => tracking({}, (t) => t.approvals!.allow('housing', IamMember.group('ml@example.com'))))).toMatchObject([
        {
          code: 'unsupported',
          prop: 'grantee',
          value: 'group:ml@example.com',
          reason: 'test/Tracking knows its callers by their ID token, which names no groups and no other principals',
          instead: 'name users and service accounts one by one',
        },
      ]);
    });
  });

  describe('images', () => {
    test('default to the one of this package, built where it is deployed, and nginx', () => {
      expect(refused({ image: undefined })).toMatchObject([{ code: 'missing', prop: 'registry' }]);
      expect(container(tracking(), 'front').image).toBe('docker.io/nginxinc/nginx-unprivileged:1.28-alpine');
    });

    test('of a registry that Cloud Run does not pull from are refused', () => {
      expect(refused({ frontImage: ContainerImage.fromReference('quay.io/nginx/nginx:1') })).toMatchObject([
        { code: 'unsupported', prop: 'frontImage', value: 'quay.io/nginx/nginx:1' },
      ]);
    });
  });

  describe('refuses', () => {
    test('the managed engine, which Google Cloud does not have', () => {
      expect(() => tracking({ engine: TrackingEngine.MANAGED })).toThrow(
        'gcp.ExperimentTracking \'test/Tracking\': engine "managed": Google Cloud has no managed MLflow; write engine: self-hosted, or leave it out',
      );
    });

    test('more instances at least than at most', () => {
      expect(refused({ minInstances: 3, maxInstances: 2 })).toMatchObject([
        { code: 'conflict', prop: 'minInstances', value: 3, reason: 'more than the 2 of maxInstances', instead: 'write 2 or less' },
      ]);
    });

    test('a machine that the edition does not have', () => {
      expect(refused({ databaseTier: 'db-perf-optimized-N-2' })).toMatchObject([
        { code: 'syntax', prop: 'databaseTier', instead: 'write one such as db-custom-2-7680' },
      ]);
    });

    test('options of a database that exists already', () => {
      const database = { instance: 'mlflow', host: '10.64.0.3' };
      expect(refused({ database, databaseTier: 'db-custom-2-7680', databaseBackupRetention: Duration.days(9) })).toMatchObject([
        { code: 'conflict', prop: 'databaseBackupRetention', value: '9d' },
        { code: 'conflict', prop: 'databaseTier', value: 'db-custom-2-7680' },
      ]);
      expect(refused({ database: { instance: 'p:r:mlflow', host: 'tcp://x' } }).map((p) => p.prop)).toEqual([
        'database.instance',
        'database.host',
      ]);
    });

    test('a network of another region, or one without private services access', () => {
      const other = (stack: TerraformStack) =>
        MlNetwork.fromNetworkAttributes(stack, 'Net', {
          networkId: 'projects/p/global/networks/n',
          subnetworkId: 'projects/p/regions/us-east1/subnetworks/s',
        });
      expect(problemsOf(() => synth((stack) => make(stack, { network: other(stack) })))).toMatchObject([
        { code: 'conflict', prop: 'network', value: 'us-east1' },
        { code: 'missing', prop: 'network', reason: 'the network exists already, and is not known to have private services access' },
      ]);
    });
  });

  describe('one that exists already', () => {
    const imported = (attributes: Partial<TrackingServerAttributes> = {}, then: (t: IExperimentTracking) => void = () => undefined) =>
      synth((stack) =>
        then(
          ExperimentTracking.fromTrackingServerAttributes(stack, 'Theirs', { trackingUri: 'https://mlflow.example.com/', ...attributes }),
        ),
      );

    test('lets programs in by itself', () => {
      const s = imported({}, (t) => {
        expect(t.environment()).toEqual({ MLFLOW_TRACKING_URI: 'https://mlflow.example.com' });
        expect(t.privateAccess).toBe(false);
        t.grants.use('Alice', ALICE);
      });
      expect(s.resources).toEqual([]);
    });

    test('is called with a token for its audience', () => {
      imported({ audience: 'https://x' }, (t) =>
        expect(t.environment()).toMatchObject({ ML_TRACKING_AUTH: 'google-id-token', ML_TRACKING_AUDIENCE: 'https://x' }),
      );
    });

    test('is granted on where its service is known', () => {
      const s = imported({ service: { ...PLACE, serviceName: 'mlflow' } }, (t) => t.grants.use('Alice', ALICE));
      expect(s.only('google_cloud_run_v2_service_iam_member')).toMatchObject({ name: 'mlflow', role: 'roles/run.invoker' });
    });

    test('has an address of https and a topic with its path', () => {
      expect(problemsOf(() => imported({ trackingUri: 'http://mlflow', eventTopic: 'events' }))).toMatchObject([
        { code: 'syntax', prop: 'trackingUri', instead: 'write one such as https://mlflow.example.com' },
        { code: 'syntax', prop: 'eventTopic', instead: 'write projects/P/topics/T' },
      ]);
    });
  });
});
