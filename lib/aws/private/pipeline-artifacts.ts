import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration as CdkDuration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Environment } from '../../core';
import { policyOf } from '../../core/environment';
import { acknowledge, acknowledgeAutoDelete } from './acknowledge';
import { removalOf } from './logs';

/** Where a pipeline keeps what its stages hand on, for 30 days. */
export function artifactBucket(scope: Construct, environment: Environment | undefined): Bucket {
  const bucket = new Bucket(scope, 'Artifacts', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    lifecycleRules: [{ id: 'expire', expiration: CdkDuration.days(30), abortIncompleteMultipartUploadAfter: CdkDuration.days(7) }],
    removalPolicy: removalOf(environment),
    autoDeleteObjects: !policyOf(environment).retainData,
  });
  acknowledgeAutoDelete(bucket);
  acknowledge(bucket, { S1: 'It holds copies of commits for 30 days, read by the pipeline only, whose executions CodePipeline records.' });
  return bucket;
}
