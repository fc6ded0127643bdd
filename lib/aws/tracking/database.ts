import { ISecurityGroup, ISubnet, IVpc, InstanceClass, InstanceSize, InstanceType, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  CaCertificate,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  ParameterGroup,
  PerformanceInsightRetention,
  PostgresEngineVersion,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration as CdkDuration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Environment } from '../../core';
import { policyOf } from '../../core/environment';
import { physicalName } from '../../core/naming';
import { backupDays, TRACKING_SERVER } from '../../core/tracking-server';
import { acknowledge } from '../private/acknowledge';
import { ExperimentTrackingProps } from './props';

/** The database as the server needs it. */
export interface TrackingDatabase {
  readonly host: string;
  readonly databaseName: string;
  readonly secret: ISecret;
  readonly securityGroup: ISecurityGroup;
  /** What was made, if it was. */
  readonly instance?: DatabaseInstance;
  readonly instanceId?: string;
}

const STORAGE_GIB = 20;
/** How often the storage may grow; RDS grows it by itself, and never back. */
const GROWTH = 5;
const LOGS = ['postgresql', 'upgrade'];

/**
 * PostgreSQL for the server: encrypted, in private subnets, with a password that RDS makes, keeps in Secrets Manager and changes each week.
 *
 * It has a name of its own, against the rule: then CloudFormation can never replace it by an empty one, and its logs can be kept as long as
 * the environment says, which CloudFormation cannot say of log groups that RDS makes.
 */
export function trackingDatabase(scope: Construct, vpc: IVpc, subnets: ISubnet[], props: ExperimentTrackingProps): TrackingDatabase {
  const { environment, encryptionKey } = props;
  const policy = policyOf(environment);
  const stack = Stack.of(scope);
  const securityGroup = new SecurityGroup(scope, 'DatabaseSecurityGroup', {
    vpc,
    description: `Database of ${scope.node.path}`,
    allowAllOutbound: false,
  });
  const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_18 });
  const instanceId = physicalName(scope, {
    max: 63,
    separator: '-',
    prefix: `${scope.node.path}/database`,
    seed: Token.isUnresolved(stack.stackName) ? '' : stack.stackName,
  });
  const logs = LOGS.map(
    (name) =>
      new LogGroup(scope, `DatabaseLog${name === 'upgrade' ? 'Upgrade' : ''}`, {
        logGroupName: `/aws/rds/instance/${instanceId}/${name}`,
        retention: policy.logRetentionDays as RetentionDays,
        // Their names are needed again by whoever deploys the database again.
        removalPolicy: RemovalPolicy.DESTROY,
      }),
  );
  const gib = props.databaseStorage?.toGibibytes() ?? STORAGE_GIB;
  const instance = new DatabaseInstance(scope, 'Database', {
    instanceIdentifier: instanceId,
    engine,
    instanceType: props.databaseInstanceType ?? InstanceType.of(InstanceClass.T4G, InstanceSize.SMALL),
    vpc,
    vpcSubnets: { subnets },
    securityGroups: [securityGroup],
    publiclyAccessible: false,
    databaseName: TRACKING_SERVER.database,
    credentials: Credentials.fromUsername(TRACKING_SERVER.database, { encryptionKey }),
    manageMasterUserPassword: true,
    caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
    parameterGroup: new ParameterGroup(scope, 'DatabaseParameters', {
      engine,
      description: `Database of ${scope.node.path}`,
      parameters: { 'rds.force_ssl': '1' },
    }),
    storageEncrypted: true,
    storageEncryptionKey: encryptionKey,
    storageType: StorageType.GP3,
    allocatedStorage: gib,
    maxAllocatedStorage: gib * GROWTH,
    multiAz: props.databaseHighAvailability ?? policy.multiZone,
    backupRetention: CdkDuration.days(backupDays(props)),
    deleteAutomatedBackups: !policy.retainData,
    deletionProtection: policy.deletionProtection,
    removalPolicy: environment === undefined || environment === Environment.DEV ? RemovalPolicy.DESTROY : RemovalPolicy.SNAPSHOT,
    copyTagsToSnapshot: true,
    autoMinorVersionUpgrade: true,
    cloudwatchLogsExports: LOGS,
    ...((props.performanceInsights ?? policy.multiZone)
      ? {
          enablePerformanceInsights: true,
          performanceInsightRetention: PerformanceInsightRetention.DEFAULT,
          performanceInsightEncryptionKey: encryptionKey,
        }
      : {}),
  });
  instance.node.addDependency(...logs);
  acknowledge(instance, {
    RDS11: 'Nothing but the server reaches it; another port would hide it from nobody who could.',
    ...((props.databaseHighAvailability ?? policy.multiZone) ? {} : { RDS3: 'A standby doubles the price; it is there in prod.' }),
    ...(policy.deletionProtection ? {} : { RDS10: 'Outside prod a platform is destroyed with what is in it.' }),
  });
  return {
    host: instance.dbInstanceEndpointAddress,
    databaseName: TRACKING_SERVER.database,
    secret: instance.secret!,
    securityGroup,
    instance,
    instanceId,
  };
}
