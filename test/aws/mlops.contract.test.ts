import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import { ContainerImage, TrackingEngine } from '../../lib/core';
import { FeatureStore } from '../../lib/aws/feature-store';
import { ModelRegistry } from '../../lib/aws/models';
import { ArtifactStore } from '../../lib/aws/storage';
import { ExperimentTracking } from '../../lib/aws/tracking';
import { featuresContract, modelsContract, trackingContract } from '../contract/mlops';
import { Rendered } from '../contract/room';
import { ROOM } from './helper';

interface Found {
  readonly [field: string]: unknown;
  readonly DeletionPolicy?: string;
  readonly Properties: { readonly [name: string]: unknown };
}
const only = ({ resources }: Rendered, type: string): Found => resources.filter((r) => r.type === type).map((r) => r.body as Found)[0];
const container = (rendered: Rendered) =>
  (
    only(rendered, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions as {
      Command: string[];
      Environment: { Name: string; Value: unknown }[];
    }[]
  )[0];
const image = ContainerImage.fromReference('123456789012.dkr.ecr.eu-west-1.amazonaws.com/mlflow:3');

trackingContract({
  ...ROOM,
  make: (stack, id, props) => new ExperimentTracking(stack, id, props.engine === TrackingEngine.MANAGED ? props : { image, ...props }),
  serverEnv: (rendered) => Object.fromEntries(container(rendered).Environment.map(({ Name, Value }) => [Name, Value])),
  serverCommand: (rendered) => container(rendered).Command,
  database: (rendered) => {
    const { DeletionPolicy, Properties } = only(rendered, 'AWS::RDS::DBInstance');
    return {
      keptOnDestroy: DeletionPolicy !== 'Delete',
      deletionProtected: Properties.DeletionProtection === true,
      standby: Properties.MultiAZ === true,
      backupDays: Properties.BackupRetentionPeriod as number,
      publicAccess: Properties.PubliclyAccessible !== false,
    };
  },
  // The ARN is known when the server is made.
  managed: { uri: /TrackingServerArn|Token/ },
});

modelsContract({ ...ROOM, make: (stack, id, props) => new ModelRegistry(stack, id, props) });

featuresContract({
  ...ROOM,
  make: (stack, id, props) => {
    const artifacts = Stack.isStack(stack)
      ? ArtifactStore.fromBucket(stack, 'Store', Bucket.fromBucketName(stack, 'Bucket', 'bucket'))
      : undefined;
    return new FeatureStore(stack, id, { ...props, artifacts });
  },
  types: { string: 'String', int: 'Integral', float: 'Fractional', bool: 'Integral', timestamp: 'String' },
  columns: (rendered) => {
    const columns = only(rendered, 'AWS::SageMaker::FeatureGroup').Properties.FeatureDefinitions as {
      FeatureName: string;
      FeatureType: string;
    }[];
    return Object.fromEntries(columns.map(({ FeatureName, FeatureType }) => [FeatureName, FeatureType]));
  },
  isOnline: (rendered) => only(rendered, 'AWS::SageMaker::FeatureGroup').Properties.OnlineStoreConfig !== undefined,
});
