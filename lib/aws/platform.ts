import { Annotations, Stack } from 'aws-cdk-lib/core';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret as SecretsManagerSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  Access,
  AlarmSeverity,
  FileSystemKind,
  InferenceBaseProps,
  MlPlatformProps,
  MonitoringBaseProps,
  TrackingEngine,
  TrainingBaseProps,
} from '../core';
import { RULE_PREFIX } from '../core/acknowledged';
import { Facade } from '../core/facade';
import { ordered } from '../core/ordered';
import { parity } from '../core/parity';
import { AwsExisting, AwsExistingDatabase } from '../core/platform';
import { FeatureStore, IFeatureStore } from './feature-store';
import { ISharedFileSystem, SharedFileSystem } from './file-system';
import { ILambdaInference, LambdaInference } from './inference';
import { IModelRegistry, ModelRegistry } from './models';
import { Monitoring } from './monitoring';
import { IMlNetwork, MlNetwork } from './network';
import { BuildPipeline } from './pipeline';
import { acknowledge } from './private/acknowledge';
import { SharedDashboards } from './private/monitoring-dashboards';
import { PlatformStacks } from './private/platform-stacks';
import { checksOf } from './private/scope';
import { IImageRegistry, ImageRegistry } from './registry';
import { ISecret, Secret } from './secret';
import { ArtifactStore, IArtifactStore } from './storage';
import { ExperimentTracking, ExperimentTrackingDatabase, IExperimentTracking } from './tracking';
import { GpuTrainingCluster, IGpuTrainingCluster } from './training';

/**
 * A machine-learning platform on AWS, from one declaration.
 *
 * Defines what the declaration names and nothing of its own: a network if something trains, serves privately or is mounted or tracked in one,
 * an artifact store, an image registry if there are pipelines or `registry` is declared, a `SharedFileSystem` for each entry under
 * `storage.shared`, a `Secret` for each under `secrets`, an `ExperimentTracking` if `tracking` is declared, a `ModelRegistry` for each entry
 * under `models`, a `FeatureStore` for each under `features`, a `GpuTrainingCluster` for each under `training`, a `LambdaInference` for each
 * under `inference`, a `BuildPipeline` for each under `pipelines`, and `Monitoring` over all of them. What `targets.aws.existing` names is used
 * instead of made, and not changed.
 *
 * Training jobs and pipelines find the tracking server by themselves and may use it; jobs with a `model` may register it, and services with
 * one may load it.
 *
 * With `targets.aws.stacks: per-entry` each cluster, service and pipeline stands with its alarms in a CloudFormation stack of its own, named
 * after that of the platform (`housing-dev-inference-predict`), and dashboards in further ones (`housing-dev-monitoring`), each for up to 80
 * entries. All the rest stays in the stack that the platform is in, which the others depend on: what refers to an entry, such as a role that may
 * call a service, goes into the stack of that entry or into a further one.
 *
 * All that is wrong with the declaration is thrown at once, each under the path where it was declared.
 *
 * @example
 * declare const pipeline: iam.IRole;
 * const platform = new aws.MlPlatform(this, 'Platform', {
 *   name: 'housing',
 *   targets: { aws: { region: 'eu-west-1' } },
 *   training: { trainer: { image: 'ghcr.io/acme/train:1.4', accelerator: { memoryGib: 24 } } },
 * });
 * platform.trainingCluster('trainer').grants.submit(pipeline);
 */
export class MlPlatform extends Construct {
  /** The network, if anything needs one. */
  public readonly network?: IMlNetwork;
  /** Where data, checkpoints and models live. */
  public readonly artifacts: IArtifactStore;
  /** Where pipelines push images, if there are pipelines or `registry` is declared. */
  public readonly registry?: IImageRegistry;
  /** Where experiments are kept, if `tracking` is declared or a server exists already. */
  public readonly tracking?: IExperimentTracking;
  /** Dashboard, alarms and who is told. */
  public readonly monitoring: Monitoring;
  private readonly facade: Facade;
  private readonly fileSystems: Map<string, ISharedFileSystem>;
  private readonly secrets: Map<string, ISecret>;
  private readonly models: Map<string, IModelRegistry>;
  private readonly features: Map<string, IFeatureStore>;
  private readonly clusters: Map<string, IGpuTrainingCluster>;
  private readonly services: Map<string, ILambdaInference>;
  private readonly builds: Map<string, BuildPipeline>;

  public constructor(scope: Construct, id: string, declaration: MlPlatformProps) {
    super(scope, id);
    const props = ordered(declaration);
    checksOf(this, 'aws.MlPlatform');
    const facade = (this.facade = new Facade(this, 'aws', props));
    const existing = props.targets.aws?.existing;
    const stacks = new PlatformStacks(this, props);
    const monitoringProps = facade.monitoringProps();
    const network = isNetworked(facade, existing) ? this.networkOf(facade, props, existing) : undefined;
    const artifacts = this.storeOf(facade, props, existing);
    const registry = this.registryOf(facade, props, existing);
    const vpc = network?.vpc;

    this.fileSystems = facade.fileSystems(
      (name, base) =>
        new SharedFileSystem(this, name, {
          ...base,
          vpc: vpc!,
          // FSx either backs it up or links it; who asks for backups gets those.
          artifacts: base.kind === FileSystemKind.PARALLEL && base.backups !== true ? artifacts : undefined,
        }),
    );
    this.secrets = facade.secrets((name, base) => new Secret(this, name, base));
    const tracking = this.trackingOf(facade, props, existing, { vpc, artifacts });
    this.models = facade.models((id, base, name) => {
      const registry = new ModelRegistry(this, id, { ...base, tracking });
      for (const [n, arn] of facade.approvers(name).entries()) registry.grants.approve(Role.fromRoleArn(registry, `Approver${n + 1}`, arn));
      return registry;
    });
    this.features = facade.features((name, base) => new FeatureStore(this, name, { ...base, artifacts }));
    this.clusters = facade.training((id, base, name) => {
      const cluster = new GpuTrainingCluster(stacks.scopeOf(id, `training-${name}`), id, {
        ...base,
        vpc,
        artifacts,
        tracking,
        mounts: facade.mounts('training', name, this.fileSystems),
        secrets: facade.secretEnv('training', name, this.secrets),
      });
      this.letRegister(base, cluster);
      return cluster;
    });
    this.services = facade.inference((id, base, name) => {
      const mounts = facade.mounts('inference', name, this.fileSystems);
      const isPrivate = (base.access ?? Access.PRIVATE) === Access.PRIVATE;
      const loads = base.model !== undefined;
      const service = new LambdaInference(stacks.scopeOf(id, `inference-${name}`), id, {
        ...base,
        slo: monitoringProps.slo,
        mounts,
        secrets: facade.secretEnv('inference', name, this.secrets),
        tracking: loads ? tracking : undefined,
        vpc: isPrivate || mounts || (loads && tracking?.inNetwork) ? vpc : undefined,
        apiEndpoint: isPrivate ? network?.apiEndpoint : undefined,
      });
      this.letLoad(base, service);
      return service;
    });
    this.builds = facade.pipelines(
      (id, base, name, deploys) =>
        new BuildPipeline(stacks.scopeOf(id, `pipelines-${name}`), id, {
          ...base,
          imageRepository: registry?.repository,
          baseImages: registry,
          service: deploys === undefined ? undefined : this.services.get(deploys),
          tracking,
          vpc: tracking?.inNetwork ? vpc : undefined,
        }),
    );
    const monitoring = facade.make('monitoring', () => this.watchAll(stacks, monitoringProps, tracking));
    const reasons = Object.fromEntries(facade.acknowledged().map(([rule, reason]) => [rule.slice(RULE_PREFIX.aws.length), reason]));
    // An assembly keeps what is acknowledged by stack.
    for (const scope of [this, ...stacks.others]) acknowledge(scope, reasons);
    facade.make('', () => {
      stacks.check();
      return this;
    });
    facade.done();

    this.network = network;
    this.artifacts = artifacts!;
    this.registry = registry;
    this.tracking = tracking;
    this.monitoring = monitoring!;
    if (stacks.split)
      parity.mapped(this, 'aws', 'targets.aws.stacks', `${stacks.others.length} CloudFormation stacks beside that of the platform`);
  }

  /** The cluster that is declared under this name. */
  public trainingCluster(name: string): IGpuTrainingCluster {
    return this.facade.find('training', this.clusters, name);
  }

  /** The service that is declared under this name. */
  public inferenceService(name: string): ILambdaInference {
    return this.facade.find('inference', this.services, name);
  }

  /** The pipeline that is declared under this name. */
  public buildPipeline(name: string): BuildPipeline {
    return this.facade.find('pipelines', this.builds, name);
  }

  /** The file system that is declared under this name. */
  public sharedFileSystem(name: string): ISharedFileSystem {
    return this.facade.find('storage.shared', this.fileSystems, name);
  }

  /** The secret that is declared under this name. */
  public secret(name: string): ISecret {
    return this.facade.find('secrets', this.secrets, name);
  }

  /** The registry of the model that is declared under this name. */
  public modelRegistry(name: string): IModelRegistry {
    return this.facade.find('models', this.models, name);
  }

  /** The feature store that is declared under this name. */
  public featureStore(name: string): IFeatureStore {
    return this.facade.find('features', this.features, name);
  }

  /** Alarms stand in the stack of what they watch, the topics in that of the platform, and dashboards behind all that they show. */
  private watchAll(stacks: PlatformStacks, props: MonitoringBaseProps, tracking: IExperimentTracking | undefined): Monitoring {
    const kinds = { inference: this.services, training: this.clusters, pipelines: this.builds };
    const entries = Object.entries(kinds).flatMap(([kind, made]) => [...made.keys()].map((name) => `${kind}.${name}`));
    const dashboards = stacks.split
      ? new SharedDashboards(stacks, `${this.node.path}/Monitoring`, [...entries, ...(tracking ? [TRACKED] : [])])
      : undefined;
    const monitoring = new Monitoring(this, 'Monitoring', { ...props, dashboard: dashboards?.of(TRACKED) });
    const beside = (entry: Construct, path: string): Monitoring => {
      if (!dashboards) return monitoring;
      const own = new Monitoring(Stack.of(entry), 'Monitoring', {
        slo: props.slo,
        warningTopic: monitoring.topic(AlarmSeverity.WARNING),
        criticalTopic: monitoring.topic(AlarmSeverity.CRITICAL),
        dashboard: dashboards.of(path),
      });
      parity.declare(own, 'monitoring');
      return own;
    };
    for (const [name, service] of this.services) beside(service, `inference.${name}`).watchInference(name, service);
    for (const [name, cluster] of this.clusters) beside(cluster, `training.${name}`).watchTraining(name, cluster);
    for (const [name, pipeline] of this.builds) beside(pipeline, `pipelines.${name}`).watchPipeline(name, pipeline);
    if (tracking) monitoring.watchTracking('mlflow', tracking);
    return monitoring;
  }

  private letRegister({ modelName }: TrainingBaseProps, cluster: GpuTrainingCluster): void {
    if (modelName !== undefined) this.models.get(modelName)?.grants.register(cluster.jobRole);
  }

  private letLoad({ model }: InferenceBaseProps, service: LambdaInference): void {
    if (model !== undefined) this.models.get(model.modelName)?.grants.read(service);
  }

  private networkOf(facade: Facade, props: MlPlatformProps, existing: AwsExisting | undefined): IMlNetwork {
    const theirs = existing?.network;
    if (!theirs) return facade.make('network', () => new MlNetwork(this, 'Network', { environment: props.environment }))!;
    const zones = theirs.availabilityZones.length;
    const network = facade.make('targets.aws.existing.network', () => {
      const checks = checksOf(this, 'aws.MlPlatform');
      checks.require(
        zones > 0 && theirs.privateSubnetIds.length === zones,
        'conflict',
        'privateSubnetIds',
        theirs.privateSubnetIds,
        `there ${zones === 1 ? 'is one availability zone' : `are ${zones} availability zones`}`,
        'write one subnet for each zone, in the same order',
      );
      for (const subnet of theirs.privateSubnetIds)
        checks.require(
          /^subnet-[0-9a-f]+$/.test(subnet),
          'syntax',
          'privateSubnetIds',
          subnet,
          'not the id of a subnet',
          'write an id such as subnet-0a1b2c3d',
        );
      checks.done();
      const vpc = Vpc.fromVpcAttributes(this, 'ExistingVpc', theirs);
      // Nothing here looks at the route tables of a network that others own.
      Annotations.of(vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
      return MlNetwork.fromVpc(this, 'Network', vpc);
    });
    // A stand-in lets the problems of what needs the network be found, too, before all are thrown.
    const standIn = { vpcId: theirs.vpcId, availabilityZones: ['a'], privateSubnetIds: ['subnet-00000000'] };
    return network ?? MlNetwork.fromVpc(this, 'StandIn', Vpc.fromVpcAttributes(this, 'StandInVpc', standIn));
  }

  private storeOf(facade: Facade, props: MlPlatformProps, existing: AwsExisting | undefined): IArtifactStore | undefined {
    const bucket = existing?.artifactBucket;
    if (!bucket) return facade.make('storage.artifacts', () => new ArtifactStore(this, 'Artifacts', facade.artifactProps()));
    this.leaveAlone('storage.artifacts', props.storage?.artifacts, 'artifactBucket');
    return facade.make('targets.aws.existing.artifactBucket', () =>
      ArtifactStore.fromBucket(this, 'Artifacts', Bucket.fromBucketName(this, 'ExistingBucket', bucket)),
    );
  }

  private registryOf(facade: Facade, props: MlPlatformProps, existing: AwsExisting | undefined): IImageRegistry | undefined {
    const name = existing?.imageRepository;
    if (name) this.leaveAlone('registry', props.registry, 'imageRepository');
    if (!facade.here(props.pipelines).length && (name || !props.registry)) return undefined;
    if (!name) {
      const options = { ...facade.registryOptions(), environment: props.environment };
      return facade.make('registry', () => new ImageRegistry(this, 'Registry', options));
    }
    return facade.make('targets.aws.existing.imageRepository', () =>
      ImageRegistry.fromRepository(this, 'Registry', Repository.fromRepositoryName(this, 'ExistingRepository', name)),
    );
  }

  private trackingOf(
    facade: Facade,
    props: MlPlatformProps,
    existing: AwsExisting | undefined,
    world: { readonly vpc?: IMlNetwork['vpc']; readonly artifacts?: IArtifactStore },
  ): IExperimentTracking | undefined {
    const trackingUri = existing?.mlflow;
    if (trackingUri !== undefined) {
      this.leaveAlone('tracking.mlflow', props.tracking?.mlflow, 'mlflow');
      return facade.make('targets.aws.existing.mlflow', () =>
        ExperimentTracking.fromTrackingServerAttributes(this, 'Tracking', { trackingUri }),
      );
    }
    return facade.tracking((id, base) => {
      if (base.engine === TrackingEngine.MANAGED) return new ExperimentTracking(this, id, { ...base, artifacts: world.artifacts });
      return new ExperimentTracking(this, id, { ...base, ...world, database: existing?.database && this.databaseOf(existing.database) });
    });
  }

  private databaseOf({ host, name, secretArn, securityGroupId }: AwsExistingDatabase): ExperimentTrackingDatabase {
    return {
      host,
      databaseName: name,
      secret: SecretsManagerSecret.fromSecretCompleteArn(this, 'ExistingDatabaseSecret', secretArn),
      securityGroup: SecurityGroup.fromSecurityGroupId(this, 'ExistingDatabaseGroup', securityGroupId),
    };
  }

  /** Says that nothing became of what is declared of a thing that exists already. Other clouds may make their own by it. */
  private leaveAlone(path: string, declared: object | undefined, existing: string): void {
    const reason = `targets.aws.existing.${existing} names one that exists, which the platform does not change`;
    for (const field of Object.keys(declared ?? {})) if (field !== 'on') parity.refused(this, 'aws', `${path}.${field}`, 'nothing', reason);
  }
}

/** Whose place the dashboard of the platform's own stack takes. */
const TRACKED = 'tracking.mlflow';

/** Whether there is something that stands in a network. */
function isNetworked(facade: Facade, existing: AwsExisting | undefined): boolean {
  const { training, inference, storage, tracking } = facade.declaration;
  const servers = tracking && existing?.mlflow === undefined ? facade.here({ mlflow: tracking.mlflow }) : [];
  return (
    facade.here(training).length > 0 ||
    facade.here(inference).some((d) => (d.access ?? Access.PRIVATE) === Access.PRIVATE) ||
    facade.here(storage?.shared).length > 0 ||
    servers.some(({ engine }) => engine !== TrackingEngine.MANAGED)
  );
}
