import { Stack } from 'aws-cdk-lib/core';
import { IConstruct } from 'constructs';
import { ModelApproval, TrackingEngine } from '../../core';
import { MODEL_EVENTS } from '../../core/models';
import { TRACKING_ENV } from '../../core/tracking';
import { TRACKING_SERVER } from '../../core/tracking-server';
import { IExperimentTracking } from '../tracking';
import { curl, EVENT_SOURCE } from './tracking';

interface Commands {
  readonly register: string;
  readonly approve: string;
  readonly resolve: string;
}

interface Registered {
  readonly modelName: string;
  readonly modelPackageGroupName: string;
  readonly approval: ModelApproval;
  readonly tracking?: IExperimentTracking;
}

/** The exact commands for a model. `RUN_ID` and `VERSION` are variables of the shell. */
export function modelCommands(scope: IConstruct, model: Registered): Commands {
  const { region } = Stack.of(scope);
  const { tracking } = model;
  if (!tracking) return packageCommands(scope, model, region);
  return tracking.engine === TrackingEngine.MANAGED ? managedCommands(model, tracking, region) : serverCommands(model, tracking, region);
}

/** By HTTP, so that nothing has to be installed but curl; a run is registered by MLflow's client, which knows where its model lies. */
function serverCommands({ modelName }: Registered, tracking: IExperimentTracking, region: string): Commands {
  const signed = tracking.environment()[TRACKING_ENV.AUTH] !== undefined;
  const call = signed ? curl(region) : 'curl --fail-with-body --silent --show-error';
  const url = `${tracking.trackingUri}/api/2.0/mlflow/registered-models/alias`;
  const { alias } = TRACKING_SERVER;
  return {
    register: register(modelName, tracking, region),
    approve: `${call} --json "{\\"name\\":\\"${modelName}\\",\\"alias\\":\\"${alias}\\",\\"version\\":\\"$VERSION\\"}" ${url}`,
    resolve: `${call} "${url}?alias=${alias}&name=${modelName}"`,
  };
}

function managedCommands({ modelName }: Registered, tracking: IExperimentTracking, region: string): Commands {
  const { alias } = TRACKING_SERVER;
  const python = (text: string): string =>
    `${variables(tracking, region)} python -c "import mlflow; client = mlflow.MlflowClient(); ${text}"`;
  const detail = `{\\\\\\"model\\\\\\":\\\\\\"${modelName}\\\\\\",\\\\\\"version\\\\\\":\\\\\\"$VERSION\\\\\\",\\\\\\"alias\\\\\\":\\\\\\"${alias}\\\\\\"}`;
  const entry = `{\\"Source\\":\\"${EVENT_SOURCE}\\",\\"DetailType\\":\\"${MODEL_EVENTS.approved}\\",\\"EventBusName\\":\\"${tracking.eventBusName}\\",\\"Detail\\":\\"${detail}\\"}`;
  return {
    register: register(modelName, tracking, region),
    // A managed server tells nobody, so the approver does.
    approve: `${python(`client.set_registered_model_alias('${modelName}', '${alias}', '$VERSION')`)} && aws events put-events --region ${region} --entries "[${entry}]"`,
    resolve: python(`print(client.get_model_version_by_alias('${modelName}', '${alias}').version)`),
  };
}

function packageCommands(scope: IConstruct, { modelPackageGroupName: group, approval }: Registered, region: string): Commands {
  const status = approval === ModelApproval.REQUIRED ? 'PendingManualApproval' : 'Approved';
  const version = Stack.of(scope).formatArn({ service: 'sagemaker', resource: 'model-package', resourceName: `${group}/$VERSION` });
  const aws = (verb: string, ...options: string[]): string => [`aws sagemaker ${verb} --region ${region}`, ...options].join(' ');
  const newest = '--sort-by CreationTime --sort-order Descending --max-results 1';
  return {
    register: aws(
      'create-model-package',
      `--model-package-group-name ${group} --model-approval-status ${status} --inference-specification file://inference.json`,
    ),
    approve: aws('update-model-package', `--model-package-arn "${version}" --model-approval-status Approved`),
    resolve: aws(
      'list-model-packages',
      `--model-package-group-name ${group} --model-approval-status Approved ${newest}`,
      '--query "ModelPackageSummaryList[0].ModelPackageArn" --output text',
    ),
  };
}

function register(modelName: string, tracking: IExperimentTracking, region: string): string {
  return `${variables(tracking, region)} python -c "import mlflow; print(mlflow.register_model('runs:/$RUN_ID/model', '${modelName}').version)"`;
}

function variables(tracking: IExperimentTracking, region: string): string {
  return Object.entries({ ...tracking.environment(), AWS_REGION: region })
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
