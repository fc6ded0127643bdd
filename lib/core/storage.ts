import { IConstruct } from 'constructs';
import { Environment } from './environment';
import { Duration, Size } from './units';

/** Where data, checkpoints, models and captured requests live, on any cloud. */
export interface IArtifactStoreBase extends IConstruct {
  /**
   * URI of a folder in the store, as programs in this cloud open it: `s3://...`, `abfss://...`, `gs://...`.
   *
   * @param prefix such as `models`; the whole store when not given
   */
  uri(prefix?: string): string;
}

/** What an artifact store takes on every cloud. */
export interface ArtifactStoreBaseProps {
  /**
   * Old and deleted objects can be restored for a time that the environment chooses.
   *
   * @default true
   */
  readonly versioned?: boolean;
  /**
   * Checkpoints are deleted after this long, in whole days.
   *
   * @default - they are kept
   */
  readonly checkpointExpiry?: Duration;
  /**
   * Captured requests are deleted after this long, in whole days.
   *
   * @default - they are kept
   */
  readonly captureExpiry?: Duration;
  /**
   * What the store is for; chooses retention, and whether it goes with its stack.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** How programs see a file system that many machines share. */
export enum FileSystemKind {
  /** Ordinary files over NFS: home directories, code, small data sets. */
  POSIX = 'posix',
  /** A parallel file system (Lustre) that feeds many GPUs at once. */
  PARALLEL = 'parallel',
}

/** What a shared file system takes on every cloud. */
export interface SharedFileSystemBaseProps {
  /** How programs see it. No default: it decides the price by far. */
  readonly kind: FileSystemKind;
  /**
   * The least that has to fit. Clouds offer steps; the next one up is taken, and the parity report says so.
   *
   * @default - the smallest the cloud offers
   */
  readonly size?: Size;
  /**
   * Parallel only: MB/s for each TiB. The next step up that the cloud offers is taken.
   *
   * @default - what costs least for the size
   */
  readonly throughput?: number;
  /**
   * It is backed up every day, where the cloud can.
   *
   * @default - in staging and prod
   */
  readonly backups?: boolean;
  /**
   * What it is for; chooses retention and protection.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A file system that many machines share, on any cloud. */
export interface ISharedFileSystemBase extends IConstruct {
  /** How programs see it. */
  readonly kind: FileSystemKind;
  /** The exact command that mounts it on a Linux machine in its network. */
  readonly mountCommand: string;
}

/** The folders of an artifact store. */
export const ARTIFACT_PREFIXES = {
  data: 'data',
  checkpoints: 'checkpoints',
  models: 'models',
  capture: 'capture',
  mlflow: 'mlflow',
} as const;
