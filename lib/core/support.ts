/** How well a cloud serves a row of the support table. */
export type SupportLevel = 'mapped' | 'approximated' | 'refused';

/** What one cloud does about one row. */
export interface SupportCell {
  readonly level: SupportLevel;
  /** The service or resource that does it, in the cloud's own words. */
  readonly by: string;
  /** Why it is not exactly what was asked for; required unless mapped. The parity report and refusals quote it. */
  readonly reason?: string;
}

/** The rows of the support table: what can be declared, in the order it is shown. */
export const SUPPORT_ROWS = {
  network: 'Private network',
  'network.existing': 'A network you own already',
  storage: 'Artifact store',
  'storage.existing': 'A bucket or account you own already',
  'storage.expiry': 'Checkpoints and captured requests that expire',
  'storage.shared.posix': 'Shared file system for ordinary files',
  'storage.shared.parallel': 'Parallel file system',
  'storage.shared.backups': 'Daily backups of a shared file system',
  registry: 'Image registry',
  'registry.existing': 'A registry you own already',
  'registry.immutableTags': 'Tags that always name the same image',
  'registry.pullThrough': 'Cache of public registries',
  secrets: 'Secrets',
  'logs.existing': 'A log workspace you own already',
  'image.directory': 'Image built from a directory at deployment',
  training: 'GPU training cluster',
  'training.accelerator': 'Accelerator by need or by name',
  'training.minNodes': 'Machines kept when idle (nodes.min)',
  'training.capacity.spot': 'Spot capacity',
  'training.capacity.on-demand': 'On-demand capacity',
  'training.capacity.reservation': 'Reserved capacity',
  'training.capacity.flex-start': 'Flex-start capacity',
  'training.nodesPerJob': 'Several machines on one job',
  'training.maxDuration': 'Longest duration of a job',
  'training.retries': 'Retry after a lost machine, stop on a failed program',
  'training.schedule': 'Training on a schedule',
  'training.mounts.posix': 'Training mounts a posix file system',
  'training.mounts.parallel': 'Training mounts a parallel file system',
  'training.secrets': 'Secrets of a training job',
  inference: 'Inference service',
  'inference.cpu': 'Processors and memory',
  'inference.timeout': 'Request timeout',
  'inference.scaling.min': 'Scale to zero',
  'inference.scaling.max': 'Most instances',
  'inference.scaling.concurrency': 'Requests per instance',
  'inference.access.private': 'Reached from the network only',
  'inference.access.authenticated': "Reached with the cloud's identity",
  'inference.access.public': 'Reached by anybody',
  'inference.rollout.canary': 'Canary rollout',
  'inference.rollout.blue-green': 'Blue-green rollout',
  'inference.imageOwner.pipeline': 'Image owned by the pipeline',
  'inference.accelerator': 'A GPU per instance',
  'inference.mounts.posix': 'Service mounts a posix file system',
  'inference.mounts.parallel': 'Service mounts a parallel file system',
  'inference.secrets': 'Secrets of a service',
  'inference.model': 'Serve a registered model',
  tracking: 'Experiment tracking, self-hosted MLflow',
  'tracking.managed': 'Experiment tracking, managed MLflow',
  'tracking.database': 'Database with standby and backups',
  'tracking.existing': 'An MLflow server you own already',
  'tracking.database.existing': 'A PostgreSQL database you own already',
  models: 'Model registry',
  'models.approval': 'Approval of a model version',
  'models.events': 'Event when a model is approved',
  features: 'Feature store',
  'features.online': 'Online look-up of features',
  pipelines: 'Build pipeline',
  'pipelines.approval': 'Approval before deployment',
  'pipelines.provider.github': 'Source on GitHub',
  'pipelines.provider.gitlab': 'Source on GitLab',
  'pipelines.provider.bitbucket': 'Source on Bitbucket',
  'pipelines.provider.azure-repos': 'Source on Azure Repos',
  monitoring: 'Dashboard and alarms',
  'monitoring.slo': 'Service level objective',
  state: 'Remote state',
} as const;

/** Id of a row. */
export type SupportRow = keyof typeof SUPPORT_ROWS;

/** A cloud's column of the table; the compiler sees that no row is missing. */
export type SupportColumn = { readonly [row in SupportRow]: SupportCell };

/** Serves the row exactly. */
export function mapped(by: string): SupportCell {
  return { level: 'mapped', by };
}

/** Serves the row nearly. */
export function approximated(by: string, reason: string): SupportCell {
  return { level: 'approximated', by, reason };
}

/** Does not serve the row. */
export function refused(reason: string): SupportCell {
  return { level: 'refused', by: '', reason };
}
