import { Grant, IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnMlflowTrackingServer } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import { physicalName } from '../../core/naming';
import { ARTIFACT_PREFIXES } from '../../core/storage';
import { acknowledgeWildcards } from '../private/acknowledge';
import { removalOf } from '../private/logs';
import { IArtifactStore } from '../storage';
import { ExperimentTrackingProps, ManagedServerSize } from './props';

/** Actions that read. */
const READ = [
  'GetDownloadURIForModelVersionArtifacts',
  'GetExperiment',
  'GetExperimentByName',
  'GetLatestModelVersions',
  'GetLoggedModel',
  'GetMetricHistory',
  'GetModelVersion',
  'GetModelVersionByAlias',
  'GetRegisteredModel',
  'GetRun',
  'GetTraceInfo',
  'ListArtifacts',
  'ListLoggedModelArtifacts',
  'SearchExperiments',
  'SearchLoggedModels',
  'SearchModelVersions',
  'SearchRegisteredModels',
  'SearchRuns',
  'SearchTraces',
];
/** Actions that write, but for those that approve. */
const WRITE = [
  'CreateExperiment',
  'CreateModelVersion',
  'CreateRegisteredModel',
  'CreateRun',
  'DeleteExperiment',
  'DeleteLoggedModel',
  'DeleteLoggedModelTag',
  'DeleteModelVersionTag',
  'DeleteRegisteredModelTag',
  'DeleteRun',
  'DeleteTag',
  'DeleteTraces',
  'DeleteTraceTag',
  'EndTrace',
  'FinalizeLoggedModel',
  'LogBatch',
  'LogInputs',
  'LogLoggedModelParams',
  'LogMetric',
  'LogModel',
  'LogOutputs',
  'LogParam',
  'RestoreExperiment',
  'RestoreRun',
  'SetExperimentTag',
  'SetLoggedModelTags',
  'SetModelVersionTag',
  'SetRegisteredModelTag',
  'SetTag',
  'SetTraceTag',
  'StartTrace',
  'UpdateExperiment',
  'UpdateModelVersion',
  'UpdateRegisteredModel',
  'UpdateRun',
];
/** Actions that change which version is in service, or take it away. */
const APPROVE = [
  'DeleteModelVersion',
  'DeleteRegisteredModel',
  'DeleteRegisteredModelAlias',
  'RenameRegisteredModel',
  'SetRegisteredModelAlias',
  'TransitionModelVersionStage',
];

/**
 * A tracking server that SageMaker runs. Its newer MLflow app has one permission for all of its API, by which nobody could be kept from
 * approving, and which is why it is not used.
 */
export function managedServer(scope: Construct, artifacts: IArtifactStore, props: ExperimentTrackingProps): CfnMlflowTrackingServer {
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'),
    description: `Tracking server ${scope.node.path}`,
  });
  artifacts.grants.write(role, ARTIFACT_PREFIXES.mlflow);
  acknowledgeArtifacts(role, artifacts);
  const server = new CfnMlflowTrackingServer(scope, 'Resource', {
    // The cloud demands a name.
    trackingServerName: physicalName(scope, { max: 63, separator: '-' }),
    artifactStoreUri: artifacts.uri(ARTIFACT_PREFIXES.mlflow),
    roleArn: role.roleArn,
    trackingServerSize: props.serverSize ?? ManagedServerSize.SMALL,
    mlflowVersion: props.mlflowVersion ?? '3.0',
    automaticModelRegistration: false,
  });
  server.applyRemovalPolicy(removalOf(props.environment));
  // SageMaker looks whether the role may write when it makes the server.
  const policy = role.node.tryFindChild('DefaultPolicy');
  if (policy) server.node.addDependency(policy);
  return server;
}

/** Gives permission to use a managed server, and the objects that its clients read and write themselves. */
export function grantManaged(
  grantee: IGrantable,
  serverArn: string,
  what: 'use' | 'read' | 'approve',
  artifacts: IArtifactStore | undefined,
): Grant {
  const actions = { use: [...READ, ...WRITE], read: READ, approve: APPROVE }[what].map((action) => `sagemaker-mlflow:${action}`);
  const grant = Grant.addToPrincipal({ grantee, actions, resourceArns: [serverArn] });
  if (!artifacts || what === 'approve') return grant;
  const objects = artifacts.grants[what === 'use' ? 'write' : 'read'](grantee, ARTIFACT_PREFIXES.mlflow);
  const { grantPrincipal } = grantee;
  if (Construct.isConstruct(grantPrincipal)) acknowledgeArtifacts(grantPrincipal, artifacts);
  return grant.combine(objects);
}

/** Whether an address is that of a managed server. */
export function isManaged(trackingUri: string): boolean {
  return /^arn:[^:]+:sagemaker:[^:]*:[^:]*:mlflow-tracking-server\//.test(trackingUri);
}

function acknowledgeArtifacts(role: Construct, artifacts: IArtifactStore): void {
  acknowledgeWildcards(
    role,
    [artifacts.bucket.arnForObjects(`${ARTIFACT_PREFIXES.mlflow}/*`)],
    'MLflow names the objects of its runs; it is limited to its folder of the bucket.',
  );
}
