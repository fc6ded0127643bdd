import { Body, Change, Finding } from '../../model';
import { all, at, Grant, keyOf, Kind, nounOf, rights, Roles, shown, stops, Thing, widened, withdrawn } from '../terraform';

/** Rights are told from the others by the end of their type; these are the ones that the constructs emit. */
export const IAM: { readonly [type: string]: Kind } = {
  ...Object.fromEntries(
    [
      'artifact_registry_repository',
      'bigquery_dataset',
      'bigquery_table',
      'cloud_run_v2_service',
      'kms_crypto_key',
      'project',
      'pubsub_topic',
      'secret_manager_secret',
      'service_account',
      'storage_bucket',
    ].map((on) => [`google_${on}_iam_member`, { noun: 'right' }]),
  ),
  google_project_iam_custom_role: {
    noun: 'role',
    stops: 'whoever has {it} is refused what it let them do',
    rules: [
      rights(
        ['permissions'],
        (items) => `Whoever has {it} may do ${items}.`,
        (items) => `Whoever has {it} may no longer do ${items}.`,
      ),
      stops('stage', 'DISABLED', 'Whoever has {it} is refused what it let them do: it is disabled.', { absent: 'GA' }),
    ],
  },
};

const ROLES: Roles = {
  verbs: {
    'roles/artifactregistry.reader': 'pull images from',
    'roles/artifactregistry.writer': 'push images to',
    'roles/artifactregistry.repoAdmin': 'push images to and delete them from',
    'roles/batch.agentReporter': 'report on jobs of',
    'roles/batch.jobsEditor': 'submit and cancel jobs of',
    'roles/bigquery.dataEditor': 'read and change tables of',
    'roles/bigquery.dataOwner': 'do everything with',
    'roles/bigquery.dataViewer': 'read tables of',
    'roles/bigquery.jobUser': 'run queries in',
    'roles/cloudbuild.builds.approver': 'approve builds of',
    'roles/cloudbuild.builds.editor': 'start and cancel builds of',
    'roles/cloudsql.admin': 'do everything with database instances of',
    'roles/cloudsql.client': 'connect to database instances of',
    'roles/cloudsql.instanceUser': 'sign in to database instances of',
    'roles/cloudkms.cryptoKeyEncrypterDecrypter': 'encrypt and decrypt with',
    'roles/cloudkms.cryptoKeyDecrypter': 'decrypt with',
    'roles/editor': 'change nearly everything in',
    'roles/iam.serviceAccountKeyAdmin': 'make keys of',
    'roles/iam.serviceAccountTokenCreator': 'sign in as',
    'roles/iam.serviceAccountUser': 'run things as',
    'roles/iam.workloadIdentityUser': 'sign in as',
    'roles/logging.logWriter': 'write logs of',
    'roles/monitoring.metricWriter': 'write metrics of',
    'roles/monitoring.viewer': 'see the metrics of',
    'roles/owner': 'do everything in',
    'roles/pubsub.publisher': 'publish to',
    'roles/pubsub.subscriber': 'read messages of',
    'roles/run.admin': 'change, call and open up',
    'roles/run.developer': 'deploy to',
    'roles/run.invoker': 'call',
    'roles/secretmanager.secretAccessor': 'read',
    'roles/storage.admin': 'do everything with',
    'roles/storage.legacyBucketReader': 'list objects of',
    'roles/storage.objectAdmin': 'read, write, delete and share objects of',
    'roles/storage.objectCreator': 'add objects to',
    'roles/storage.objectUser': 'read, write and delete objects of',
    'roles/storage.objectViewer': 'read objects of',
    'roles/viewer': 'see nearly everything in',
    'roles/workflows.invoker': 'start workflows of',
    'roles/workflows.viewer': 'see workflows of',
  },
  families: [
    ['roles/viewer', 'roles/editor', 'roles/owner'],
    ['roles/storage.objectViewer', 'roles/storage.objectUser', 'roles/storage.objectAdmin', 'roles/storage.admin'],
    ['roles/storage.objectCreator', 'roles/storage.objectUser', 'roles/storage.objectAdmin', 'roles/storage.admin'],
    ['roles/artifactregistry.reader', 'roles/artifactregistry.writer', 'roles/artifactregistry.repoAdmin', 'roles/artifactregistry.admin'],
    ['roles/bigquery.dataViewer', 'roles/bigquery.dataEditor', 'roles/bigquery.dataOwner'],
    ['roles/cloudsql.instanceUser', 'roles/cloudsql.admin'],
    ['roles/cloudsql.client', 'roles/cloudsql.admin'],
    ['roles/run.developer', 'roles/run.admin'],
    ['roles/run.invoker', 'roles/run.admin'],
    ['roles/cloudkms.cryptoKeyDecrypter', 'roles/cloudkms.cryptoKeyEncrypterDecrypter'],
    ['roles/secretmanager.secretAccessor', 'roles/secretmanager.admin'],
  ],
};

/** What a change of rights makes possible; undefined where the type is no list of rights. */
export function findGrants(change: Change, kinds: { readonly [type: string]: Kind }): Finding[] | undefined {
  const thing = new Thing(change, 'right');
  if (change.type.endsWith('_audit_config'))
    return change.action === 'remove' ? [thing.finding('interrupt', 'Nobody sees any more who did what: audit logs are off.')] : [];
  if (change.type.endsWith('_iam_policy'))
    return [
      thing.finding(
        'access',
        `Who has which right on ${target(change, change.after ?? change.before, kinds)} is set as a whole: read the policy.`,
        true,
      ),
    ];
  const [was, is] = [change.before, change.after].map((b) => (b ? grants(change, b, kinds) : []));
  return [...widened(thing, was, is, ROLES), ...withdrawn(thing, was, is, ROLES)];
}

function grants(change: Change, body: Body, kinds: { readonly [type: string]: Kind }): Grant[] {
  const members = change.type.endsWith('_member') ? [at(body, 'member')] : all(body, 'members');
  const condition = at(body, 'condition');
  const expression = at(condition, 'expression');
  return members.map((member) => ({
    who: who(member),
    role: shown(at(body, 'role')),
    on: target(change, body, kinds),
    condition: condition === undefined ? '' : shown(expression ?? keyOf(condition)),
  }));
}

const BESIDE = ['role', 'member', 'members', 'condition', 'policy_data', 'location', 'region', 'zone', 'etag', 'lifecycle', 'id'];

function target(change: Change, body: Body | undefined, kinds: { readonly [type: string]: Kind }): string {
  const type = change.type.replace(/_iam_\w+$/, '');
  const names = Object.keys(body ?? {}).filter((n) => !BESIDE.includes(n));
  // A table is named by its dataset, too.
  const name = names.find((n) => type.endsWith(`_${n.replace(/_id$/, '')}`)) ?? names.find((n) => n !== 'project') ?? 'project';
  return `the ${kinds[type]?.noun ?? nounOf(type)} ${shown(at(body, name) ?? 'of the provider').replace(/\$\{((?:data\.)?\w+\.[\w-]+)[\w.[\]]*\}/g, '$1')}`;
}

function who(member: unknown): string {
  if (member === 'allUsers') return 'Everybody on the internet (allUsers)';
  if (member === 'allAuthenticatedUsers') return 'Everybody with a Google account (allAuthenticatedUsers)';
  const text = shown(member);
  return text.startsWith('domain:') ? `Everybody of ${text.slice(7)}` : text;
}
