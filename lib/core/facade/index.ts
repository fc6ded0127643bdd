import { IConstruct } from 'constructs';
import { acknowledgedFor } from '../acknowledged';
import { CLOUD_TITLE, CloudName } from '../catalogue';
import { Checks, isValidationError, oneOf, ValidationError } from '../errors';
import { FeatureStoreBaseProps } from '../features';
import { InferenceBaseProps } from '../inference';
import { ModelRegistryBaseProps } from '../models';
import { MonitoringBaseProps } from '../monitoring';
import { parity } from '../parity';
import { BuildPipelineBaseProps } from '../pipeline';
import {
  FeatureGroupDeclaration,
  InferenceDeclaration,
  MlPlatformProps,
  ModelDeclaration,
  PipelineDeclaration,
  SecretDeclaration,
  SharedFileSystemDeclaration,
  TrainingDeclaration,
} from '../platform';
import { SecretBaseProps } from '../secret';
import { ArtifactStoreBaseProps, SharedFileSystemBaseProps } from '../storage';
import { ExperimentTrackingBaseProps } from '../tracking';
import { checkTracking } from '../tracking-server';
import { TrainingBaseProps } from '../training';
import { Duration } from '../units';
import {
  approverForm,
  artifactProps,
  checkDatabase,
  existingServer,
  featureProps,
  fileSystemProps,
  isMountPath,
  modelProps,
  RegistryOptions,
  registryOptions,
  trackingProps,
} from './data';
import { inferenceProps, pipelineProps, trainingProps } from './props';
import { noteTheRest } from './report';

export { isDirectory } from './props';

/** Construct props whose declared field has another path. */
const DECLARED_AS: { readonly [prop: string]: string } = {
  acceleratorCount: 'accelerator.count',
  minNodes: 'nodes.min',
  maxNodes: 'nodes.max',
  minInstances: 'scaling.min',
  maxInstances: 'scaling.max',
  concurrency: 'scaling.concurrency',
  lintCommands: 'commands.lint',
  testCommands: 'commands.test',
  service: 'deploys',
  modelName: 'model',
  checkpointExpiry: 'expireCheckpointsAfter',
  captureExpiry: 'expireCaptureAfter',
  databaseHighAvailability: 'database.highAvailability',
  databaseBackupRetention: 'database.backupRetention',
  email: 'notify.email',
  criticalEmail: 'notify.critical',
};
/** Those among them that cannot be meant otherwise in a sentence. */
const DECLARED_WORDS = new RegExp(
  `\\b(${Object.keys(DECLARED_AS)
    .filter((prop) => /[A-Z]/.test(prop))
    .join('|')})\\b`,
  'g',
);
/** Construct props that the platform fills in by what is declared elsewhere; `%` stands for the cloud. */
const ELSEWHERE: { readonly [prop: string]: string } = {
  network: 'targets.%.existing.network',
  vpc: 'targets.%.existing.network',
  database: 'targets.%.existing.database',
  azureDevOps: 'targets.%.devOps',
  tracking: 'tracking',
};
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * What the `MlPlatform` of every cloud does alike: turns the declaration into props, gathers the problems of all
 * constructs under the path where they were declared, and notes that path for the parity report.
 */
export class Facade {
  private readonly checks: Checks;
  private services: ReadonlyMap<string, IConstruct> | undefined;
  /** There is no tracking server, though one is declared: what is wrong with it has been said. */
  private lacksTracking = false;

  public constructor(
    private readonly scope: IConstruct,
    public readonly cloud: CloudName,
    public readonly declaration: MlPlatformProps,
  ) {
    this.checks = new Checks(scope, `${cloud}.MlPlatform`);
    parity.declare(scope, '');
  }

  /** Makes one construct that stands for a path of the declaration; its problems are kept for `done`. */
  public make<T extends IConstruct>(path: string, construct: () => T): T | undefined {
    const made = this.gather(path, construct, []);
    if (made) parity.declare(made, path);
    return made;
  }

  /** One cluster for each entry under `training` that goes to this cloud. */
  public training<T extends IConstruct>(construct: (id: string, props: TrainingBaseProps, name: string) => T): Map<string, T> {
    return this.each('training', this.declaration.training, (d: TrainingDeclaration, _, c) => trainingProps(this, d, c), construct);
  }

  /** One service for each entry under `inference` that goes to this cloud. Has to be called before `pipelines`. */
  public inference<T extends IConstruct>(construct: (id: string, props: InferenceBaseProps, name: string) => T): Map<string, T> {
    const made = this.each(
      'inference',
      this.declaration.inference,
      (d: InferenceDeclaration, name, c) => inferenceProps(this, d, name, c),
      construct,
    );
    this.services = made;
    return made;
  }

  /** One pipeline for each entry under `pipelines` that goes to this cloud, with the name of the service it deploys. */
  public pipelines<T extends IConstruct>(
    construct: (id: string, props: BuildPipelineBaseProps, name: string, deploys: string | undefined) => T,
  ): Map<string, T> {
    const declared = this.declaration.pipelines;
    return this.each(
      'pipelines',
      declared,
      (d: PipelineDeclaration, name, c) => pipelineProps(this, d, name, c),
      (id, props, name) => {
        const { deploys } = declared![name];
        // Why the service is not there has been said already.
        if (deploys !== undefined && this.services && !this.services.has(deploys)) return undefined;
        return construct(id, props, name, deploys);
      },
    );
  }

  /** Props of the artifact store, which is declared under `storage.artifacts`. What is wrong with them is thrown by `done`. */
  public artifactProps(): ArtifactStoreBaseProps {
    return this.checks.collect(() => artifactProps(this), 'storage.artifacts') ?? { environment: this.declaration.environment };
  }

  /** What `registry` says, the same on every cloud. */
  public registryOptions(): RegistryOptions {
    return registryOptions(this.declaration);
  }

  /** One file system for each entry under `storage.shared` that goes to this cloud. Has to be called before what mounts it. */
  public fileSystems<T extends IConstruct>(construct: (id: string, props: SharedFileSystemBaseProps, name: string) => T): Map<string, T> {
    const declared = this.declaration.storage?.shared;
    return this.each('storage.shared', declared, (d: SharedFileSystemDeclaration, _, c) => fileSystemProps(this, d, c), construct);
  }

  /** One secret for each entry under `secrets` that goes to this cloud. Has to be called before what gets it. */
  public secrets<T extends IConstruct>(construct: (id: string, props: SecretBaseProps, name: string) => T): Map<string, T> {
    const props = ({ description }: SecretDeclaration): SecretBaseProps => ({ description, environment: this.declaration.environment });
    return this.each('secrets', this.declaration.secrets, props, construct);
  }

  /** The tracking server, if `tracking.mlflow` is declared for this cloud; its id is `Tracking`. */
  public tracking<T extends IConstruct>(construct: (id: string, props: ExperimentTrackingBaseProps) => T): T | undefined {
    const mlflow = this.declaration.tracking?.mlflow;
    const entries = mlflow && { mlflow };
    const made = this.each(
      'tracking',
      entries,
      (d, _, c) => trackingProps(this, d, c),
      (_, props) => construct('Tracking', props),
    ).get('mlflow');
    this.lacksTracking = !made && this.here(entries).length > 0;
    return made;
  }

  /** One registry for each entry under `models` that goes to this cloud. */
  public models<T extends IConstruct>(construct: (id: string, props: ModelRegistryBaseProps, name: string) => T): Map<string, T> {
    return this.each('models', this.declaration.models, (d: ModelDeclaration, name, c) => modelProps(this, d, name, c), construct);
  }

  /** Who of this cloud may approve a model. */
  public approvers(model: string): readonly string[] {
    const declared = this.declaration.models?.[model].approvers;
    const { form } = approverForm(this.cloud);
    return (declared?.[this.cloud] ?? []).filter((approver) => form.test(approver));
  }

  /** One feature store for each entry under `features` that goes to this cloud. */
  public features<T extends IConstruct>(construct: (id: string, props: FeatureStoreBaseProps, name: string) => T): Map<string, T> {
    return this.each('features', this.declaration.features, (d: FeatureGroupDeclaration) => featureProps(this, d), construct);
  }

  /** What one entry mounts: file systems by path. That all of them are declared has been checked. */
  public mounts<T>(kind: 'training' | 'inference', name: string, made: ReadonlyMap<string, T>): { [path: string]: T } | undefined {
    const declared = Object.entries(this.declaration[kind]?.[name].mounts ?? {});
    const found = declared.flatMap(([fileSystem, path]) =>
      made.has(fileSystem) && isMountPath(path) ? [[path, made.get(fileSystem)!] as const] : [],
    );
    return found.length ? Object.fromEntries(found) : undefined;
  }

  /** What one entry gets as secrets, by environment variable. That all of them are declared has been checked. */
  public secretEnv<T>(kind: 'training' | 'inference', name: string, made: ReadonlyMap<string, T>): { [variable: string]: T } | undefined {
    const declared = Object.entries(this.declaration[kind]?.[name].secrets ?? {});
    const found = declared.flatMap(([variable, secret]) => (made.has(secret) ? [[variable, made.get(secret)!] as const] : []));
    return found.length ? Object.fromEntries(found) : undefined;
  }

  /** Props of the platform's monitoring. What is wrong with them is thrown by `done`. */
  public monitoringProps(): MonitoringBaseProps {
    const { notify, slo } = this.declaration.monitoring ?? {};
    const threshold = slo?.latency && this.checks.collect(() => Duration.parse(slo.latency!.threshold), 'monitoring.slo.latency.threshold');
    return {
      email: notify?.email,
      criticalEmail: notify?.critical,
      slo: slo && { availability: slo.availability, latency: threshold && { percentile: slo.latency?.percentile, threshold } },
      environment: this.declaration.environment,
    };
  }

  /** Rules that this cloud's part of the platform does not keep, with the reasons. What is no rule is thrown by `done`. */
  public acknowledged(): [string, string][] {
    return acknowledgedFor(this.cloud, this.declaration.acknowledge, this.checks);
  }

  /** The construct that was made for a name; throws where the declaration has none of that name for this cloud. */
  public find<T>(kind: string, made: Map<string, T>, name: string): T {
    const names = [...made.keys()];
    const checks = new Checks(this.scope, `${this.cloud}.MlPlatform`);
    checks.require(
      made.has(name),
      'choice',
      kind,
      name,
      `nothing of this name is declared for ${CLOUD_TITLE[this.cloud]}`,
      names.length ? `write ${oneOf(names)}` : `declare it under ${kind}`,
    );
    checks.done();
    return made.get(name)!;
  }

  /** The entries that go to this cloud. */
  public here<D extends { readonly on?: string[] }>(entries: { readonly [name: string]: D } = {}): D[] {
    return Object.values(entries).filter((d) => !d.on || d.on.includes(this.cloud));
  }

  /** Throws everything that was gathered, if anything was; else the report says of each declared field what became of it. */
  public done(): void {
    checkDatabase(this, this.checks);
    this.checkUnusedTracking();
    this.checks.done();
    noteTheRest(this.scope, this.cloud, this.declaration);
  }

  /** What is declared of a server is wrong or right even where one that exists already stands in for it. */
  private checkUnusedTracking(): void {
    const mlflow = this.declaration.tracking?.mlflow;
    if (!mlflow || !existingServer(this) || (mlflow.on as readonly string[] | undefined)?.includes(this.cloud) === false) return;
    this.gather(
      'tracking.mlflow',
      () => {
        const checks = new Checks(this.scope, `${this.cloud}.MlPlatform`);
        checkTracking(checks, trackingProps(this, mlflow, checks));
        checks.done();
      },
      [],
    );
  }

  private each<D extends { readonly on?: string[] }, P, T extends IConstruct>(
    kind: string,
    entries: { readonly [name: string]: D } | undefined,
    props: (d: D, name: string, c: Checks) => P,
    construct: (id: string, props: P, name: string) => T | undefined,
  ): Map<string, T> {
    const made = new Map<string, T>();
    const ids = new Map<string, string>();
    for (const [name, d] of Object.entries(entries ?? {})) {
      const path = `${kind}.${name}`;
      const id = pascal(kind) + pascal(name);
      this.checkName(path, name, ids.get(id));
      ids.set(id, name);
      for (const cloud of d.on ?? [])
        if (!(this.declaration.targets as { [c: string]: unknown })[cloud])
          this.checks.refuse('choice', `${path}.on`, cloud, 'the cloud is not among targets', `add targets.${cloud}, or leave it out here`);
      if (d.on && !d.on.includes(this.cloud)) {
        parity.refused(this.scope, this.cloud, path, 'nothing', `left out by ${path}.on`);
        continue;
      }
      // The construct is made even if a field is wrong, with a default in its place, so that it can say what else is wrong.
      const c = new Checks(this.scope, `${this.cloud}.MlPlatform`);
      const given = props(d, name, c);
      this.checks.collect(() => c.done(), path);
      const wrong = c.found.map((p) => p.prop);
      // Said of the server, or of the model that needs one; and names have been checked.
      if (this.lacksTracking || wrong.includes('model')) wrong.push('tracking');
      if (kind === 'models') wrong.push('model');
      const thing = this.gather(path, () => construct(id, given, name), wrong);
      if (!thing) continue;
      parity.declare(thing, path);
      made.set(name, thing);
    }
    return made;
  }

  private checkName(path: string, name: string, same: string | undefined): void {
    if (!NAME.test(name) || name.length > 32)
      this.checks.refuse(
        'name',
        path,
        name,
        'a name is 1 to 32 lower-case letters, digits and single dashes, a letter first',
        `write ${suggestName(name)}`,
      );
    else if (same !== undefined)
      this.checks.refuse('name', path, name, `reads the same as ${same} without its dashes`, 'choose another name');
  }

  /** Keeps the problems of one construct where each is declared; less those about fields that are known to be wrong. */
  private gather<T>(path: string, construct: () => T, wrong: readonly string[]): T | undefined {
    return this.checks.collect(() => {
      try {
        return construct();
      } catch (e) {
        if (isValidationError(e)) {
          const unknown = e.problems
            .filter(({ prop }) => !wrong.some((w) => this.declaredAs(prop) === w || this.declaredAs(prop).startsWith(`${w}.`)))
            .map((p) => ({ ...p, reason: inDeclaredWords(p.reason), instead: inDeclaredWords(p.instead) }));
          const theirs = path.startsWith('targets.') ? [] : unknown.filter(({ prop }) => this.elsewhere(prop) !== undefined);
          this.checks.add(theirs.map((p) => ({ ...p, prop: this.elsewhere(p.prop)! })));
          const own = unknown.filter((p) => !theirs.includes(p)).map((p) => ({ ...p, prop: this.declaredAs(p.prop) }));
          if (own.length === 0) return undefined;
          throw new ValidationError(own);
        }
        // What was refused before may be missing here.
        if (this.checks.found.length) return undefined;
        throw e;
      }
    }, path);
  }

  /** The field of an entry that became a prop. */
  private declaredAs(prop: string): string {
    return prop === 'reservation' ? `reservations.${this.cloud}` : (DECLARED_AS[prop] ?? prop);
  }

  /** The path of what is declared once for all entries, if a prop is that. */
  private elsewhere(prop: string): string | undefined {
    const [first, ...rest] = prop.split('.');
    return ELSEWHERE[first] && [ELSEWHERE[first].replace('%', this.cloud), ...rest].join('.');
  }
}

/** `raise maxNodes` as `raise nodes.max`. */
function inDeclaredWords(text: string): string {
  return text.replace(DECLARED_WORDS, (prop) => DECLARED_AS[prop]);
}

/** `my-service` as `MyService`, for construct ids. */
export function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((w) => w.charAt(0).toUpperCase() + w.slice(1))
    .join('');
}

function suggestName(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  return (
    words
      .join('-')
      .replace(/^[^a-z]+/, '')
      .slice(0, 32)
      .replace(/-$/, '') || 'a name such as predict'
  );
}
