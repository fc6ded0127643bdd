import { IBucket } from 'aws-cdk-lib/aws-s3';
import { IArtifactStoreBase } from '../core';

/** An S3 bucket that holds data, checkpoints, models and captured requests. */
export interface IArtifactStore extends IArtifactStoreBase {
  /** The bucket. */
  readonly bucket: IBucket;
}
