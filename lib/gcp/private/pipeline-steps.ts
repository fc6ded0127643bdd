import { CloudbuildTriggerBuildStep } from '@cdktf/provider-google/lib/cloudbuild-trigger';
import { PIPELINE_DEFAULTS, PipelineStage, RolloutStrategy } from '../../core';
import { ICloudRunInference } from '../inference';
import { PLACEHOLDER } from './inference-checks';
import { literal } from '../../core/terraform-text';
import { PipelineInput, stagesOf } from './pipeline-checks';
import { BUILD_SCRIPT, commandsScript, DEPLOY_SCRIPT, RELEASE_SCRIPT, SMOKE_SCRIPT, TRAFFIC_SCRIPT } from './pipeline-scripts';

const DOCKER = 'gcr.io/cloud-builders/docker';
const GCLOUD = 'gcr.io/google.com/cloudsdktool/google-cloud-cli:slim';
/** Seconds until Cloud Run's metrics can be read. */
export const METRIC_DELAY = 180;

function step(
  id: string,
  name: string,
  script: string,
  env: { readonly [name: string]: string } = {},
  dir?: string,
): CloudbuildTriggerBuildStep {
  const variables = Object.entries({ WORKSPACE: '/workspace', ...env }).map(([k, v]) => `${k}=${v}`);
  return { id, name, script: literal(script), env: variables, ...(dir && dir !== '.' && { dir }) };
}

/** Lint, test, build, and the message that starts the deployment. */
export function buildSteps(
  props: PipelineInput,
  toolImage: string,
  image: string,
  topic: string | undefined,
  tracking: { readonly [name: string]: string } = {},
): CloudbuildTriggerBuildStep[] {
  const dir = props.directory ?? PIPELINE_DEFAULTS.directory;
  const make: { readonly [stage in PipelineStage]: () => CloudbuildTriggerBuildStep } = {
    lint: () => step('lint', toolImage, commandsScript(props.lintCommands ?? PIPELINE_DEFAULTS.lintCommands), {}, dir),
    test: () => step('test', toolImage, commandsScript(props.testCommands ?? PIPELINE_DEFAULTS.testCommands), tracking, dir),
    build: () =>
      step(
        'build',
        DOCKER,
        BUILD_SCRIPT,
        { IMAGE: image, COMMIT: '$COMMIT_SHA', CONTEXT: props.context ?? PIPELINE_DEFAULTS.context, DOCKER_BUILDKIT: '1' },
        dir,
      ),
    deploy: () => step('release', GCLOUD, RELEASE_SCRIPT, { TOPIC: topic!, COMMIT: '$COMMIT_SHA' }),
  };
  return stagesOf(props).map((s) => make[s]());
}

/** A revision without traffic, a look at it, and the traffic. */
export function deploySteps(
  service: ICloudRunInference,
  image: string,
  smokeTest: boolean,
  mostErrors: number,
): CloudbuildTriggerBuildStep[] {
  const where = { PROJECT: service.project, REGION: service.region, SERVICE: service.serviceName };
  const { strategy, percent, interval } = service.rollout;
  const canary = strategy === RolloutStrategy.CANARY;
  return [
    step('deploy', GCLOUD, DEPLOY_SCRIPT, { ...where, IMAGE: '$_IMAGE', COMMIT: '$_COMMIT', REPOSITORY: image }),
    ...(smokeTest
      ? [
          step('smoke-test', GCLOUD, SMOKE_SCRIPT, {
            ...where,
            HEALTH_PATH: service.healthPath,
            METADATA: 'http://metadata.google.internal/computeMetadata/v1',
            PAUSE: '5',
          }),
        ]
      : []),
    step('traffic', GCLOUD, TRAFFIC_SCRIPT, {
      ...where,
      PERCENT: String(canary ? percent : 0),
      INTERVAL: String(interval.toSeconds()),
      MOST_ERRORS: String(mostErrors),
      METRIC_DELAY: String(METRIC_DELAY),
      PAUSE: '30',
      PLACEHOLDER,
      MONITORING: 'https://monitoring.googleapis.com',
    }),
  ];
}
