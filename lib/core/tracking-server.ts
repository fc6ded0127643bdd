import { Environment } from './environment';
import { Checks, isUnresolved } from './errors';
import { ExperimentTrackingBaseProps, TrackingEngine } from './tracking';
import { Size } from './units';

/** How the server of `runtime/mlflow` is run; templates and tests take it from here. */
export const TRACKING_SERVER = {
  command: ['mlops-mlflow', 'serve'],
  port: 5000,
  healthPath: '/health',
  database: 'mlflow',
  cpu: 1,
  memory: Size.gibibytes(2),
  backupDays: { dev: 7, staging: 7, prod: 14 },
  /** The alias whose model is the one in service. */
  alias: 'production',
} as const;

/** What the server has to know. */
export interface TrackingServer {
  readonly databaseHost: string;
  readonly databaseName?: string;
  readonly databaseUser: string;
  /** How it gets a password for each new connection. */
  readonly databaseAuth: 'aws-secret' | 'azure-identity' | 'google-identity' | 'password';
  /** `verify-full` where the image has the authority that signed the database's certificate. */
  readonly databaseTls: 'verify-full' | 'require';
  /** Where artifacts are put; clients reach them through the server only. */
  readonly artifacts: string;
  /** Host names it answers for. MLflow refuses others, against DNS rebinding. */
  readonly allowedHosts: readonly string[];
  /** `eventbridge:BUS`, `eventgrid:ENDPOINT` or `pubsub:TOPIC`, which is told of registered and approved models. */
  readonly events?: string;
  /** Which header of the cloud's front says who calls. */
  readonly identityHeader?: 'aws-lattice' | 'azure-easy-auth' | 'google-id-token';
  /** Who may approve which model, as JSON; a cloud gives a text that is resolved late. */
  readonly approvers?: string;
}

/** The server's environment, the same on every cloud; the cloud adds what only its identity needs. */
export function trackingServerEnv(server: TrackingServer): { [name: string]: string } {
  return {
    PORT: String(TRACKING_SERVER.port),
    MLFLOW_DB_HOST: server.databaseHost,
    MLFLOW_DB_PORT: '5432',
    MLFLOW_DB_NAME: server.databaseName ?? TRACKING_SERVER.database,
    MLFLOW_DB_USER: server.databaseUser,
    MLFLOW_DB_AUTH: server.databaseAuth,
    MLFLOW_DB_TLS: server.databaseTls,
    MLFLOW_ARTIFACTS_DESTINATION: server.artifacts,
    MLFLOW_SERVER_ALLOWED_HOSTS: server.allowedHosts.join(','),
    ...(server.events ? { ML_EVENTS: server.events } : {}),
    ...(server.identityHeader ? { ML_IDENTITY_HEADER: server.identityHeader } : {}),
    ...(server.approvers ? { ML_APPROVERS: server.approvers } : {}),
  };
}

/** Days that backups of the tracking database are kept. */
export function backupDays(props: ExperimentTrackingBaseProps): number {
  return props.databaseBackupRetention?.toDays() ?? TRACKING_SERVER.backupDays[props.environment ?? Environment.DEV];
}

/**
 * What is wrong with the props on every cloud: options of the server where it is the cloud's, and backups that not every database keeps.
 */
export function checkTracking(checks: Checks, props: ExperimentTrackingBaseProps): void {
  if (props.engine === TrackingEngine.MANAGED) {
    for (const prop of ['databaseHighAvailability', 'databaseBackupRetention', 'cpu', 'memory'] as const)
      checks.require(
        props[prop] === undefined,
        'conflict',
        prop,
        props[prop]?.toString(),
        'the cloud runs a managed server and its database',
        'leave it out, or write engine: self-hosted',
      );
    return;
  }
  const days = props.databaseBackupRetention && props.databaseBackupRetention.toMillis() / 86_400_000;
  if (days !== undefined && !isUnresolved(days))
    checks.require(
      Number.isInteger(days) && days >= 7 && days <= 35,
      'limit',
      'databaseBackupRetention',
      props.databaseBackupRetention!.toString(),
      'the managed databases of all clouds keep backups for 7 to 35 whole days',
      'write 7d to 35d',
    );
  const mib = props.memory?.toMebibytes();
  checks.require(
    mib === undefined || isUnresolved(mib) || mib >= 1024,
    'limit',
    'memory',
    props.memory?.toString(),
    'the server does not start in less than 1GiB',
    'write 1GiB or more',
  );
  checks.within('cpu', props.cpu, 0.5, 4, 'one tracking server');
}
