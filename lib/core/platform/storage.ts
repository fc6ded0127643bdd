import { FileSystemKind } from '../storage';
import { Cloud } from './shared';

/** Where data lives. */
export interface StorageDeclaration {
  /**
   * The artifact store: data, checkpoints, models and captured requests.
   *
   * @default - versioned; nothing expires
   */
  readonly artifacts?: ArtifactsDeclaration;
  /**
   * File systems that machines share, by name.
   *
   * @default - none
   */
  readonly shared?: { readonly [name: string]: SharedFileSystemDeclaration };
}

/** The artifact store. */
export interface ArtifactsDeclaration {
  /**
   * Old and deleted objects can be restored for 7, 30 or 90 days by environment.
   *
   * @default true
   */
  readonly versioned?: boolean;
  /**
   * Checkpoints are deleted after this long, in whole days, such as `30d`.
   *
   * @default - they are kept
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly expireCheckpointsAfter?: string;
  /**
   * Captured requests are deleted after this long, in whole days, such as `90d`.
   *
   * @default - they are kept
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly expireCaptureAfter?: string;
}

/** A file system that many machines share. */
export interface SharedFileSystemDeclaration {
  /** How programs see it: `posix` for ordinary files over NFS, `parallel` for Lustre. No default: it decides the price by far. */
  readonly kind: FileSystemKind;
  /**
   * The least that has to fit, such as `1TiB`. The next step up that a cloud offers is taken; the parity report says which.
   *
   * @default - the smallest each cloud offers
   * @pattern ^\d+(\.\d+)?\s*(MiB|GiB|TiB)$
   */
  readonly size?: string;
  /**
   * Parallel only: MB/s for each TiB, such as 250. The next step up that a cloud offers is taken.
   *
   * @default - what costs least for the size
   * @minimum 1
   */
  readonly throughput?: number;
  /**
   * It is backed up every day, where the cloud can.
   *
   * @default - in staging and prod
   */
  readonly backups?: boolean;
  /**
   * Clouds that get it.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}

/** The registry of images, which is there if anything is built. */
export interface RegistryDeclaration {
  /**
   * A tag always names the same image.
   *
   * @default false
   */
  readonly immutableTags?: boolean;
  /**
   * Images kept before the oldest go.
   *
   * @default - 10 in dev, 20 in staging, 50 in prod
   * @minimum 1
   * @TJS-type integer
   */
  readonly imagesKept?: number;
  /**
   * Public registries whose images are pulled through a cache in the platform's: `quay.io`, `public.ecr.aws`, `ghcr.io`, `docker.io`.
   *
   * @default - none
   * @uniqueItems true
   */
  readonly pullThrough?: string[];
}

/** A value that programs get and that no template, output or log holds. */
export interface SecretDeclaration {
  /**
   * What it is, for whoever has to put its value, such as `token of the Hugging Face hub`.
   *
   * @default - none
   */
  readonly description?: string;
  /**
   * Clouds that get it.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}
