/** What a platform is for; chooses how much its resources protect themselves. */
export enum Environment {
  /** For trying out: cheap, and destroyed cleanly with everything in it. */
  DEV = 'dev',
  /** For rehearsing: as `prod`, but small and destroyable. */
  STAGING = 'staging',
  /** For users: redundant, protected from deletion, data always retained. */
  PROD = 'prod',
}

/** What an environment decides. One table, so that all clouds decide alike. */
export interface EnvironmentPolicy {
  /** Stateful resources stay when the stack that made them goes. */
  readonly retainData: boolean;
  /** Deletion has to be allowed first, where the cloud has such a switch. */
  readonly deletionProtection: boolean;
  /** Redundant over zones where the cloud offers it. */
  readonly multiZone: boolean;
  /** Days that logs are kept. A value that CloudWatch, Log Analytics and Cloud Logging all take. */
  readonly logRetentionDays: number;
  /** Days that old object versions are kept. */
  readonly noncurrentVersionDays: number;
  /** Images kept per repository before the oldest go. */
  readonly imagesKept: number;
}

const POLICIES: { readonly [e in Environment]: EnvironmentPolicy } = {
  dev: { retainData: false, deletionProtection: false, multiZone: false, logRetentionDays: 30, noncurrentVersionDays: 7, imagesKept: 10 },
  staging: {
    retainData: false,
    deletionProtection: false,
    multiZone: false,
    logRetentionDays: 30,
    noncurrentVersionDays: 30,
    imagesKept: 20,
  },
  prod: { retainData: true, deletionProtection: true, multiZone: true, logRetentionDays: 365, noncurrentVersionDays: 90, imagesKept: 50 },
};

/** What `environment` decides; `dev` when none is given. */
export function policyOf(environment: Environment = Environment.DEV): EnvironmentPolicy {
  return POLICIES[environment];
}
