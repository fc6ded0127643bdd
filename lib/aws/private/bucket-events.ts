import { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';

/**
 * Has a bucket of this stack send its events to EventBridge. Not by the L2's way, which takes a Lambda function with permission on all
 * buckets.
 */
export function sendEvents(bucket: IBucket): void {
  const resource = bucket.node.defaultChild;
  if (CfnBucket.isCfnBucket(resource)) resource.notificationConfiguration ??= { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}
