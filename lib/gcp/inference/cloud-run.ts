import { Construct } from 'constructs';
import { ITerraformDependable, TerraformOutput } from 'cdktf';
import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { Access, Duration, ImageOwner, INFERENCE_DEFAULTS, InferenceBaseProps, Rollout, RolloutStrategy } from '../../core';
import { policyOf } from '../../core/environment';
import { parity } from '../../core/parity';
import { ISharedFileSystem } from '../file-system';
import { INetwork } from '../network';
import { IImageRegistry } from '../registry';
import { ISecret } from '../secret';
import { IExperimentTracking } from '../tracking';
import { SUPPORT } from '../support';
import { checkImage } from '../../core/image';
import { imageReference } from '../private/image';
import { checkInference, CloudRunShape, PLACEHOLDER } from '../private/inference-checks';
import { cloudRunMetric, CloudRunServiceGrants } from '../private/inference-grants';
import { sortedMounts } from '../private/mounts';
import { readSecrets, secretPath } from '../private/secrets';
import { checkTracked, checkTrackingNetwork, track } from '../private/tracking-client';
import { literal } from '../../core/terraform-text';
import { nameIn } from '../private/names';
import { checkPlace } from '../private/place';
import { checksFor } from '../private/root';
import { serviceAccount } from '../private/service-account';
import { enableServices } from '../private/services';
import { CloudRunInferenceGrants, CloudRunInferenceAttributes, ICloudRunInference } from './service';
import { acknowledge } from '../private/acknowledge';

/** What a service on Cloud Run needs. */
export interface CloudRunInferenceProps extends InferenceBaseProps {
  /** Project it runs in. */
  readonly project: string;
  /** Region it runs in. */
  readonly region: string;
  /**
   * Registry that an image directory is pushed to.
   *
   * @default - none; required if the image is a directory and the stack owns it
   */
  readonly registry?: IImageRegistry;
  /**
   * Network that its requests to private addresses leave through (Direct VPC egress). Being called from a network needs none.
   * After the service is gone, its addresses keep the subnetwork from being deleted for up to two hours.
   *
   * @default - none: it reaches the internet and Google's services only
   * @see https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
   */
  readonly network?: INetwork;
  /**
   * All of its requests leave through the network, those to the internet too. The network then needs a NAT for them.
   *
   * @default false
   */
  readonly allTrafficThroughNetwork?: boolean;
  /**
   * A service account to run as.
   *
   * @default - one of its own, without any permission but to read its secrets
   */
  readonly serviceAccountEmail?: string;
  /**
   * Environment variables that hold secrets: `{ API_KEY: key }`. Read when an instance starts; the service is allowed to.
   *
   * @default - none
   */
  readonly secrets?: { readonly [variable: string]: ISecret };
  /**
   * File systems that the container finds in folders of `/mnt`, by path: `{ '/mnt/scratch': scratch }`. Ordinary files only, mounted without
   * locks through `network`, which has to be given.
   *
   * @default - none
   * @see https://cloud.google.com/run/docs/configuring/services/nfs-volume-mounts
   */
  readonly mounts?: { readonly [path: string]: ISharedFileSystem };
  /**
   * Server that keeps the model of `model`. The service is let in, and finds it by the variables that MLflow's client reads; its image needs
   * the package of `runtime/mlflow-auth`. A server of this library answers in its network only, which has to be given as `network`.
   *
   * @default - none; required if `model` is given
   */
  readonly tracking?: IExperimentTracking;
  /**
   * How long a container may take until its health path answers; at most four minutes.
   *
   * @default - 4 minutes
   * @see https://cloud.google.com/run/docs/configuring/healthchecks
   */
  readonly startTimeout?: Duration;
  /**
   * The processor is there between requests, too, and is paid for all the time that an instance lives. Always so with a GPU.
   *
   * @default false
   */
  readonly cpuAlwaysAllocated?: boolean;
}

/** A probe asks this often. */
const PROBE_SECONDS = 10;
/** Cloud Build, which takes the steps of a canary, runs for a day at most. */
const LONGEST_CANARY = Duration.hours(22);
const INGRESS: { readonly [a in Access]: string } = {
  private: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
  authenticated: 'INGRESS_TRAFFIC_ALL',
  public: 'INGRESS_TRAFFIC_ALL',
};

/**
 * A container that answers predictions over HTTPS, from zero to many instances.
 *
 * Defines a Cloud Run service (second generation where it has a whole cpu) and a service account of its own, with startup and liveness
 * probes on the health path, and IAM: whoever calls needs `roles/run.invoker` (see `grants.invoke`) unless access is public.
 * A private service takes requests from the project's VPC networks only, and asks for an identity nonetheless.
 *
 * What it costs: cpu and memory while requests are answered, and all the time for `minInstances`. With a GPU an instance is paid for as long
 * as it lives. An accelerator raises the defaults to 4 cpu, 16 GiB and at most 3 instances, the quota that a project starts with.
 * How much cpu goes with how much memory: https://cloud.google.com/run/docs/configuring/services/cpu; the longest that requests may take:
 * https://cloud.google.com/run/docs/configuring/request-timeout.
 *
 * Terraform sends all traffic to a new revision as soon as its startup probe passes. Where a pipeline owns the image, the service starts from
 * a placeholder, Terraform ignores image and traffic, and the `BuildPipeline` takes the steps of the rollout.
 *
 * @example
 * const store = new gcp.ArtifactStore(this, 'Artifacts', { project: 'acme-ml-dev', region: 'europe-west4' });
 * const predict = new gcp.CloudRunInference(this, 'Predict', {
 *   project: 'acme-ml-dev',
 *   region: 'europe-west4',
 *   image: ContainerImage.fromReference('europe-west4-docker.pkg.dev/acme-ml-dev/images/predict:1.0'),
 *   access: Access.AUTHENTICATED,
 * });
 * predict.grants.invoke('Shop', gcp.IamMember.serviceAccount('shop@acme-ml-dev.iam.gserviceaccount.com'));
 * store.grants.read('PredictReadsModels', predict, 'models');
 *
 * @see https://cloud.google.com/run/docs/configuring/services/gpu
 */
export class CloudRunInference extends Construct implements ICloudRunInference {
  /** A service that exists already, to deploy to it, watch it or grant permissions on it. */
  public static fromCloudRunInferenceAttributes(scope: Construct, id: string, attrs: CloudRunInferenceAttributes): ICloudRunInference {
    return new ImportedCloudRunService(scope, id, attrs);
  }

  public readonly project: string;
  public readonly region: string;
  public readonly url: string;
  public readonly serviceName: string;
  public readonly serviceAccountEmail: string;
  public readonly imageOwner: ImageOwner;
  public readonly access: Access;
  public readonly healthPath: string;
  public readonly maxInstances: number;
  public readonly rollout: Rollout;
  public readonly grants: CloudRunInferenceGrants;

  public constructor(scope: Construct, id: string, props: CloudRunInferenceProps) {
    super(scope, id);
    this.project = props.project;
    this.region = props.region;
    this.imageOwner = props.imageOwner ?? ImageOwner.STACK;
    this.access = props.access ?? Access.PRIVATE;
    this.healthPath = props.healthPath ?? INFERENCE_DEFAULTS.healthPath;
    this.rollout = props.rollout ?? Rollout.allAtOnce();
    const shape = this.check(props);
    this.maxInstances = shape.maxInstances;

    const apis = enableServices(this, props.project, 'run');
    this.serviceAccountEmail =
      props.serviceAccountEmail ??
      serviceAccount(this, 'ServiceAccount', props.project, 'run', `Inference service ${this.node.path}`).email;

    const service = this.service(props, shape, [...apis, ...readSecrets(this, props.secrets, this)]);
    this.serviceName = service.name;
    this.url = service.uri;
    this.grants = new CloudRunServiceGrants(this, this);
    if (this.access === Access.PUBLIC) this.grants.invoke('Public', { member: 'allUsers' });
    acknowledge(this, {
      ...(this.access === Access.PUBLIC ? { 'run-public-invoker': 'access: public was asked for by name.' } : {}),
      ...(this.access === Access.PRIVATE ? {} : { 'run-public-ingress': `access: ${this.access} was asked for by name.` }),
      ...(policyOf(props.environment).deletionProtection
        ? {}
        : { 'run-deletion-protection': 'The environment is to be destroyed cleanly, with everything in it.' }),
    });

    this.outputs();
    this.say(shape);
    if (props.model) parity.mapped(this, 'gcp', 'model', `ML_MODEL_URI=${String(props.model)}, from ${props.tracking!.node.path}`);
  }

  public get member(): string {
    return `serviceAccount:${this.serviceAccountEmail}`;
  }

  public metricRequestCount(): string {
    return cloudRunMetric(this, 'request_count');
  }

  public metricRequestLatencies(): string {
    return cloudRunMetric(this, 'request_latencies');
  }

  public metricInstanceCount(): string {
    return cloudRunMetric(this, 'container/instance_count');
  }

  private check(props: CloudRunInferenceProps): CloudRunShape {
    const checks = checksFor(this, 'gcp.CloudRunInference');
    checkPlace(checks, props.project, props.region);
    const shape = checkInference(checks, props, props.region);
    if (this.imageOwner === ImageOwner.STACK) checkImage(checks, props.image, props.registry);
    else if (this.rollout.interval.toMillis() > LONGEST_CANARY.toMillis())
      checks.refuse(
        'limit',
        'rollout.interval',
        this.rollout.interval.toString(),
        'Cloud Build, which takes the steps of the rollout, runs for a day at most',
        `write ${LONGEST_CANARY.toString()} or less`,
      );
    const startup = props.startTimeout?.toSeconds() ?? 240;
    checks.require(
      startup >= PROBE_SECONDS && startup <= 240,
      'limit',
      'startTimeout',
      props.startTimeout?.toString(),
      'Cloud Run waits 10 to 240 seconds for a container to start',
      'write 4m or less; load large models after the port is open',
    );
    if (props.cpuAlwaysAllocated && shape.cpu < 1)
      checks.refuse(
        'conflict',
        'cpuAlwaysAllocated',
        true,
        'less than one cpu is billed by request only',
        'leave it out, or write cpu: 1 or more',
      );
    if (props.cpuAlwaysAllocated === false && shape.gpu)
      checks.refuse('conflict', 'cpuAlwaysAllocated', false, 'an instance with a GPU always has its processors', 'leave it out');
    checkTracked(checks, props);
    checkTrackingNetwork(checks, props.tracking, props.network);
    if (props.allTrafficThroughNetwork && !props.network)
      checks.refuse('missing', 'network', undefined, 'there is no network for all traffic to go through', 'give a network');
    checks.done();
    return shape;
  }

  private service(props: CloudRunInferenceProps, shape: CloudRunShape, dependsOn: ITerraformDependable[]): CloudRunV2Service {
    const { cpu, memory, gpu } = shape;
    const owned = this.imageOwner === ImageOwner.STACK;
    const image = owned ? imageReference(this, 'Image', props.image, props.registry, props) : { reference: PLACEHOLDER, dependsOn: [] };
    const probe = { httpGet: { path: this.healthPath }, timeoutSeconds: 5 };
    const startupSeconds = props.startTimeout?.toSeconds() ?? 240;
    const mounts = sortedMounts(props.mounts);
    const tracked = track(this, props, this);
    return new CloudRunV2Service(this, 'Resource', {
      project: props.project,
      location: props.region,
      name: nameIn(this, props.project, { max: 49 }),
      ingress: INGRESS[this.access],
      deletionProtection: policyOf(props.environment).deletionProtection,
      template: {
        serviceAccount: this.serviceAccountEmail,
        timeout: `${(props.timeout ?? INFERENCE_DEFAULTS.timeout).toSeconds()}s`,
        maxInstanceRequestConcurrency: shape.concurrency,
        // Less than one cpu is offered by the first generation only.
        executionEnvironment: `EXECUTION_ENVIRONMENT_GEN${cpu < 1 ? 1 : 2}`,
        scaling: { minInstanceCount: shape.minInstances, maxInstanceCount: shape.maxInstances },
        ...(gpu && { nodeSelector: { accelerator: gpu }, gpuZonalRedundancyDisabled: true }),
        ...(props.network && {
          vpcAccess: {
            egress: props.allTrafficThroughNetwork ? 'ALL_TRAFFIC' : 'PRIVATE_RANGES_ONLY',
            networkInterfaces: [{ network: props.network.networkId, subnetwork: props.network.subnetworkId }],
          },
        }),
        volumes: mounts.length ? mounts.map(([, { server, path }], n) => ({ name: `mount-${n}`, nfs: { server, path } })) : undefined,
        containers: [
          {
            image: image.reference,
            ports: { containerPort: props.port ?? INFERENCE_DEFAULTS.port },
            resources: {
              limits: {
                cpu: cpu < 1 ? `${Math.round(cpu * 1000)}m` : String(cpu),
                memory: `${memory.toMebibytes()}Mi`,
                ...(gpu && { 'nvidia.com/gpu': '1' }),
              },
              cpuIdle: !(gpu || props.cpuAlwaysAllocated),
              startupCpuBoost: true,
            },
            startupProbe: {
              ...probe,
              periodSeconds: PROBE_SECONDS,
              failureThreshold: Math.floor(startupSeconds / PROBE_SECONDS),
            },
            livenessProbe: { ...probe, periodSeconds: 30, failureThreshold: 3 },
            env: [
              ...Object.entries(props.env ?? {}).map(([name, value]) => ({ name, value: literal(value) })),
              ...Object.entries(tracked.environment).map(([name, value]) => ({ name, value })),
              ...Object.entries(props.secrets ?? {}).map(([name, secret]) => ({
                name,
                valueSource: { secretKeyRef: { secret: secretRef(secret, props.project), version: secret.version } },
              })),
            ],
            volumeMounts: mounts.length ? mounts.map(([mountPath], n) => ({ name: `mount-${n}`, mountPath })) : undefined,
          },
        ],
      },
      traffic: [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }],
      dependsOn: [...dependsOn, ...image.dependsOn, ...tracked.dependsOn],
      // What `gcloud run` writes when a pipeline deploys. Not the revision's name: were that ignored, Terraform would send the name of
      // the pipeline's revision with its own changes, and be refused (hashicorp/terraform-provider-google#14569); the pipeline leaves none.
      ...(!owned && {
        lifecycle: {
          ignoreChanges: [
            'client',
            'client_version',
            'template[0].annotations',
            'template[0].containers[0].image',
            'template[0].labels',
            'traffic',
          ],
        },
      }),
    });
  }

  private outputs(): void {
    const who = {
      private: 'from a machine in the network, by somebody with run.invoker',
      authenticated: 'by somebody with run.invoker',
      public: 'by anybody',
    }[this.access];
    const token = this.access === Access.PUBLIC ? '' : ' -H "Authorization: Bearer $(gcloud auth print-identity-token)"';
    new TerraformOutput(this, 'Url', { value: this.url, description: 'Where the service answers.' });
    new TerraformOutput(this, 'InvokeCommand', {
      value: `curl${token} -H 'Content-Type: application/json' -d @sample_request.json ${this.url}/predict`,
      description: `Asks for a prediction; ${who}.`,
    });
  }

  private say(shape: CloudRunShape): void {
    const gpu = shape.gpu ? `, NVIDIA L4` : '';
    parity.mapped(this, 'gcp', '', `Cloud Run service, ${shape.cpu} cpu, ${shape.memory.toString()}${gpu}`);
    if (shape.gpu) parity.mapped(this, 'gcp', 'accelerator', 'NVIDIA L4 (24 GiB), without zonal redundancy');
    parity.mapped(this, 'gcp', 'access', `${INGRESS[this.access]}, ${this.access === Access.PUBLIC ? 'allUsers' : 'IAM'} as invoker`);
    const { strategy, percent, interval } = this.rollout;
    const byPipeline = this.imageOwner === ImageOwner.PIPELINE;
    if (strategy === RolloutStrategy.CANARY && byPipeline)
      parity.mapped(
        this,
        'gcp',
        'rollout',
        `revision with ${percent} % of the traffic for ${interval.toString()}, then all, by the pipeline`,
      );
    else if (strategy === RolloutStrategy.CANARY)
      parity.approximated(this, 'gcp', 'rollout', 'all traffic at once', SUPPORT['inference.rollout.canary'].reason!);
    else if (strategy === RolloutStrategy.BLUE_GREEN)
      parity.mapped(this, 'gcp', 'rollout', 'revision brought up and probed without traffic, then exchanged');
  }
}

/** A secret of the service's own project by its id, which is how Cloud Run names it, too. */
function secretRef(secret: ISecret, project: string): string {
  return secret.project === project ? secret.secretId : secretPath(secret);
}

class ImportedCloudRunService extends Construct implements ICloudRunInference {
  public readonly project: string;
  public readonly region: string;
  public readonly url: string;
  public readonly serviceName: string;
  public readonly serviceAccountEmail: string;
  public readonly imageOwner = ImageOwner.PIPELINE;
  public readonly access: Access;
  public readonly healthPath: string;
  public readonly maxInstances: number;
  public readonly rollout: Rollout;
  public readonly grants: CloudRunInferenceGrants;

  public constructor(scope: Construct, id: string, attrs: CloudRunInferenceAttributes) {
    super(scope, id);
    this.project = attrs.project;
    this.region = attrs.region;
    this.url = attrs.url;
    this.serviceName = attrs.serviceName;
    this.serviceAccountEmail = attrs.serviceAccountEmail;
    this.access = attrs.access ?? Access.AUTHENTICATED;
    this.healthPath = attrs.healthPath ?? INFERENCE_DEFAULTS.healthPath;
    this.maxInstances = attrs.maxInstances ?? 100;
    this.rollout = attrs.rollout ?? Rollout.allAtOnce();
    this.grants = new CloudRunServiceGrants(this, this);
  }

  public get member(): string {
    return `serviceAccount:${this.serviceAccountEmail}`;
  }

  public metricRequestCount(): string {
    return cloudRunMetric(this, 'request_count');
  }

  public metricRequestLatencies(): string {
    return cloudRunMetric(this, 'request_latencies');
  }

  public metricInstanceCount(): string {
    return cloudRunMetric(this, 'container/instance_count');
  }
}
