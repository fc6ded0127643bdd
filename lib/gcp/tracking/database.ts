import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { SqlDatabase } from '@cdktf/provider-google/lib/sql-database';
import { SqlDatabaseInstance } from '@cdktf/provider-google/lib/sql-database-instance';
import { SqlUser } from '@cdktf/provider-google/lib/sql-user';
import { policyOf } from '../../core/environment';
import { backupDays, TRACKING_SERVER } from '../../core/tracking-server';
import { enableServices } from '../private/services';
import { TerraformData } from '../private/terraform-data';
import { ResolvedServer } from './checks';
import { ExperimentTrackingProps } from './props';
import { acknowledge } from '../private/acknowledge';

const VERSION = 'POSTGRES_17';
const DISK_GIB = 10;
/** The most days of transaction logs that the edition keeps; any second of them can be gone back to. */
const LOG_DAYS = 7;
/** Owner of each database that Cloud SQL makes: without it a user may create no tables from PostgreSQL 15 on. */
const OWNER_ROLE = 'cloudsqlsuperuser';

// The provider's release has no roles of users yet. Cloud SQL does one operation of an instance at a time, and refuses a second one meanwhile.
const GIVE_ROLE = `set -eu
if ! command -v gcloud >/dev/null 2>&1 || [ -z "$(printenv CLOUDSDK_AUTH_ACCESS_TOKEN || gcloud auth list --filter status:ACTIVE --format 'value(account)' 2>/dev/null)" ]; then
  echo "WARNING: $DATABASE_USER may not create tables yet (no gcloud that is signed in), and the tracking server cannot start. Run this, and apply again:" >&2
  echo "  gcloud sql users assign-roles $DATABASE_USER --instance $INSTANCE --type CLOUD_IAM_SERVICE_ACCOUNT --database-roles $ROLE --project $PROJECT" >&2
  exit 0
fi
for wait in 15 30 60 120 0; do
  if gcloud sql users assign-roles "$DATABASE_USER" --instance "$INSTANCE" --type CLOUD_IAM_SERVICE_ACCOUNT --database-roles "$ROLE" --project "$PROJECT" --quiet; then
    exit 0
  fi
  if [ "$wait" = 0 ]; then exit 1; fi
  sleep "$wait"
done
`;

/**
 * PostgreSQL for a tracking server: in the network only, and without passwords.
 *
 * The instance has no name of its own in the stack: Terraform makes one up, since Cloud SQL keeps a name for a week after its instance is gone.
 */
export class Database extends Construct {
  public readonly instanceName: string;
  public readonly host: string;
  /** What has to be there before the server can log in. */
  public readonly ready: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: ExperimentTrackingProps, d: ResolvedServer, account: ServiceAccount) {
    super(scope, id);
    const { project, region, network, environment } = props;
    const { deletionProtection, retainData } = policyOf(environment);
    const services = network.privateServices();
    if (!deletionProtection)
      acknowledge(this, { 'sql-deletion-protection': 'The environment is to be destroyed cleanly, with everything in it.' });
    const instance = new SqlDatabaseInstance(this, 'Resource', {
      project,
      region,
      databaseVersion: VERSION,
      encryptionKeyName: props.kmsKeyName,
      deletionProtection,
      settings: {
        // Left out, it would be the dear one, whose machines have other names.
        edition: 'ENTERPRISE',
        tier: d.databaseTier,
        availabilityType: d.highAvailability ? 'REGIONAL' : 'ZONAL',
        diskType: 'PD_SSD',
        diskSize: DISK_GIB,
        diskAutoresize: true,
        deletionProtectionEnabled: deletionProtection,
        retainBackupsOnDelete: retainData,
        ipConfiguration: {
          ipv4Enabled: false,
          privateNetwork: network.networkId,
          allocatedIpRange: services.rangeName,
          sslMode: 'ENCRYPTED_ONLY',
        },
        backupConfiguration: {
          enabled: true,
          startTime: '01:00',
          location: region,
          pointInTimeRecoveryEnabled: true,
          transactionLogRetentionDays: LOG_DAYS,
          backupRetentionSettings: { retainedBackups: backupDays(props), retentionUnit: 'COUNT' },
        },
        // Early on Sunday, when the day's backup is made.
        maintenanceWindow: { day: 7, hour: 3, updateTrack: 'stable' },
        databaseFlags: [{ name: 'cloudsql.iam_authentication', value: 'on' }],
        insightsConfig: d.queryInsights ? { queryInsightsEnabled: true, recordApplicationTags: true } : undefined,
      },
      timeouts: { create: '60m', update: '60m', delete: '60m' },
      lifecycle: retainData ? { preventDestroy: true } : undefined,
      dependsOn: [...enableServices(this, project, 'sqladmin'), ...services.dependsOn],
    });
    this.instanceName = instance.name;
    this.host = instance.privateIpAddress;
    const database = new SqlDatabase(this, 'Database', {
      project,
      instance: instance.name,
      name: TRACKING_SERVER.database,
      // It goes with the instance; alone it could not go while the server is connected.
      deletionPolicy: 'ABANDON',
    });
    const login = letIn(this, account, { project, instance: instance.name });
    this.ready = [giveRole(this, login.user, project, OWNER_ROLE, [database]), login.permission];
  }
}

/** Makes a service account a user of an instance, and lets it log in there. */
export function letIn(
  scope: Construct,
  account: ServiceAccount,
  { project, instance }: { readonly project: string; readonly instance: string },
): { readonly user: SqlUser; readonly permission: ProjectIamMember } {
  const user = new SqlUser(scope, 'User', {
    project,
    instance,
    name: userOf(account, project),
    type: 'CLOUD_IAM_SERVICE_ACCOUNT',
    // It owns the tables, and as long as it does PostgreSQL does not let it go.
    deletionPolicy: 'ABANDON',
  });
  const permission = new ProjectIamMember(scope, 'Login', {
    project,
    role: 'roles/cloudsql.instanceUser',
    member: account.member,
    condition: {
      title: 'tracking database',
      description: 'This instance only',
      expression: `resource.service == "sqladmin.googleapis.com" && resource.type == "sqladmin.googleapis.com/Instance" && resource.name == "projects/${project}/instances/${instance}"`,
    },
  });
  return { user, permission };
}

/** Makes a user a member of a role, by gcloud, once for each user. */
export function giveRole(
  scope: Construct,
  user: SqlUser,
  project: string,
  role: string,
  dependsOn: ITerraformDependable[] = [],
): ITerraformDependable {
  return new TerraformData(scope, 'Role', {
    triggersReplace: { user: user.id, role },
    dependsOn: [user, ...dependsOn],
    provisioners: [
      {
        type: 'local-exec',
        interpreter: ['sh', '-c'],
        command: GIVE_ROLE,
        environment: { DATABASE_USER: user.name, INSTANCE: user.instance, ROLE: role, PROJECT: project },
      },
    ],
  });
}

/** What PostgreSQL calls a service account: its address, without the end that all have, which would be too long for a name. */
export function userOf(account: ServiceAccount, project: string): string {
  return `${account.accountId}@${project}.iam`;
}
