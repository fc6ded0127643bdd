import { basename } from 'path';
import { IConstruct } from 'constructs';
import { Accelerator } from './accelerator';
import { CLOUD_TITLE, CloudName } from './catalogue';
import { Checks, isValidationError, oneOf, refuse, ValidationError } from './errors';
import { ContainerImage, ImageOwner } from './image';
import { InferenceBaseProps } from './inference';
import { MonitoringBaseProps } from './monitoring';
import { parity } from './parity';
import { BuildPipelineBaseProps, PipelineStage, RepositoryProvider } from './pipeline';
import {
  AcceleratorDeclaration,
  InferenceDeclaration,
  MlPlatformProps,
  PipelineDeclaration,
  RolloutDeclaration,
  TrainingDeclaration,
} from './platform';
import { Rollout, RolloutStrategy } from './rollout';
import { TrainingBaseProps } from './training';
import { Duration, Schedule, Size } from './units';

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
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * What the `MlPlatform` of every cloud does alike: turns the declaration into props, gathers the problems of all
 * constructs under the path where they were declared, and notes that path for the parity report.
 */
export class Facade {
  private readonly checks: Checks;
  private services: ReadonlyMap<string, IConstruct> | undefined;

  public constructor(
    private readonly scope: IConstruct,
    private readonly cloud: CloudName,
    private readonly declaration: MlPlatformProps,
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

  /** Constructs note what they translate; whatever they did not, they took as it stands. */
  private noteTheRest(): void {
    const noted = parity.report(this.scope).filter((e) => e.cloud === this.cloud);
    const { training, inference, pipelines, monitoring, tags } = this.declaration;
    const declared = { training, inference, pipelines, monitoring, tags };
    const capabilities = /^(\w+\.[^.]+|monitoring|tags)$/;
    const covered = (path: string): boolean =>
      noted.some((e) => e.path === path || e.path.startsWith(`${path}.`) || (!capabilities.test(e.path) && path.startsWith(`${e.path}.`)));
    for (const [path, value] of leaves(declared)) {
      const [kind, name, field] = path.split('.');
      const entry = (this.declaration as unknown as { [kind: string]: { [name: string]: { on?: string[] } } })[kind][name];
      if (field === 'on' || (name !== undefined && entry?.on && !entry.on.includes(this.cloud)) || covered(path)) continue;
      // The directory's own path is this machine's affair.
      const built = field === 'image' && isDirectory(String(value));
      const shown = built ? `an image built from ${basename(String(value))}` : typeof value === 'string' ? value : JSON.stringify(value);
      parity.mapped(this.scope, this.cloud, path, shown);
    }
  }

  /** One cluster for each entry under `training` that goes to this cloud. */
  public training<T extends IConstruct>(construct: (id: string, props: TrainingBaseProps, name: string) => T): Map<string, T> {
    return this.each('training', this.declaration.training, (d: TrainingDeclaration, _, c) => this.trainingProps(d, c), construct);
  }

  /** One service for each entry under `inference` that goes to this cloud. Has to be called before `pipelines`. */
  public inference<T extends IConstruct>(construct: (id: string, props: InferenceBaseProps, name: string) => T): Map<string, T> {
    const made = this.each(
      'inference',
      this.declaration.inference,
      (d: InferenceDeclaration, name, c) => this.inferenceProps(d, name, c),
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
      (d: PipelineDeclaration, name, c) => this.pipelineProps(d, name, c),
      (id, props, name) => {
        const { deploys } = declared![name];
        // Why the service is not there has been said already.
        if (deploys !== undefined && this.services && !this.services.has(deploys)) return undefined;
        return construct(id, props, name, deploys);
      },
    );
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
    this.checks.done();
    this.noteTheRest();
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

  /** Keeps the problems of one construct, under their path; less those about fields that are known to be wrong. */
  private gather<T>(path: string, construct: () => T, wrong: readonly string[]): T | undefined {
    return this.checks.collect(() => {
      try {
        return construct();
      } catch (e) {
        if (isValidationError(e)) {
          const declared = e.problems.map((p) => ({
            ...p,
            prop: p.prop === 'reservation' ? `reservations.${this.cloud}` : (DECLARED_AS[p.prop] ?? p.prop),
            reason: inDeclaredWords(p.reason),
            instead: inDeclaredWords(p.instead),
          }));
          throw new ValidationError(declared.filter((p) => !wrong.some((w) => p.prop === w || p.prop.startsWith(`${w}.`))));
        }
        // What was refused before may be missing here.
        if (this.checks.found.length) return undefined;
        throw e;
      }
    }, path);
  }

  private trainingProps(d: TrainingDeclaration, c: Checks): TrainingBaseProps {
    const reservation = (d.reservations as { [cloud: string]: string | undefined } | undefined)?.[this.cloud];
    return {
      image: image(d.image, c),
      accelerator: c.collect(() => accelerator(d.accelerator)) ?? Accelerator.atLeast({ memoryGib: 1 }),
      maxDuration: d.maxDuration === undefined ? undefined : c.collect(() => Duration.parse(d.maxDuration!), 'maxDuration'),
      schedule: d.schedule && c.collect(() => Schedule.cron(d.schedule!.cron, d.schedule!.timeZone), 'schedule'),
      command: d.command,
      acceleratorCount: d.accelerator.count,
      minNodes: d.nodes?.min,
      maxNodes: d.nodes?.max,
      nodesPerJob: d.nodesPerJob,
      capacity: d.capacity,
      reservation,
      retries: d.retries,
      env: d.env,
      environment: this.declaration.environment,
    };
  }

  private inferenceProps(d: InferenceDeclaration, name: string, c: Checks): InferenceBaseProps {
    const deployer = Object.entries(this.declaration.pipelines ?? {}).find(
      ([, p]) => p.deploys === name && (!p.on || p.on.includes(this.cloud as never)),
    );
    if (deployer && d.imageOwner === ImageOwner.STACK)
      c.refuse(
        'conflict',
        'imageOwner',
        d.imageOwner,
        `pipelines.${deployer[0]} deploys this service, and the stack would undo it`,
        'write imageOwner: pipeline, or leave it out',
      );
    if (d.accelerator?.count !== undefined && d.accelerator.count !== 1)
      c.refuse('limit', 'accelerator.count', d.accelerator.count, 'a serving instance has one GPU', 'write count: 1, or leave it out');
    return {
      image: image(d.image, c),
      memory: d.memory === undefined ? undefined : c.collect(() => Size.parse(d.memory!), 'memory'),
      timeout: d.timeout === undefined ? undefined : c.collect(() => Duration.parse(d.timeout!), 'timeout'),
      rollout: d.rollout && c.collect(() => rollout(d.rollout!, c)),
      accelerator: d.accelerator && c.collect(() => accelerator(d.accelerator!)),
      imageOwner: d.imageOwner ?? (deployer ? ImageOwner.PIPELINE : ImageOwner.STACK),
      port: d.port,
      healthPath: d.healthPath,
      cpu: d.cpu,
      minInstances: d.scaling?.min,
      maxInstances: d.scaling?.max,
      concurrency: d.scaling?.concurrency,
      access: d.access,
      env: d.env,
      environment: this.declaration.environment,
    };
  }

  private pipelineProps(d: PipelineDeclaration, name: string, c: Checks): BuildPipelineBaseProps {
    const services = this.declaration.inference ?? {};
    const targets = Object.keys(this.declaration.targets);
    const cloudsOf = (x: { readonly on?: string[] }): readonly string[] => x.on ?? targets;
    const service = d.deploys === undefined ? undefined : services[d.deploys];
    if (d.deploys !== undefined && !service)
      c.refuse(
        'choice',
        'deploys',
        d.deploys,
        'inference has no such service',
        Object.keys(services).length ? `write ${oneOf(Object.keys(services))}` : 'declare it under inference, or leave deploys out',
      );
    const other = Object.entries(this.declaration.pipelines ?? {}).find(
      ([n, p]) =>
        n < name && p.deploys !== undefined && p.deploys === d.deploys && cloudsOf(p).some((cloud) => cloudsOf(d).includes(cloud)),
    );
    if (other)
      c.refuse(
        'conflict',
        'deploys',
        d.deploys,
        `pipelines.${other[0]} deploys it too, and they would undo each other`,
        'let one pipeline deploy it',
      );
    if (service && !cloudsOf(d).every((cloud) => cloudsOf(service).includes(cloud)))
      c.refuse(
        'conflict',
        'deploys',
        d.deploys,
        `the service goes to ${cloudsOf(service).join(', ')} only`,
        `write on: [${cloudsOf(service).join(', ')}] here too`,
      );
    if (d.deploys === undefined && d.stages?.includes(PipelineStage.DEPLOY))
      c.refuse(
        'missing',
        'deploys',
        undefined,
        'there is a deploy stage, but nothing to deploy',
        'write deploys: and the name of a service, or leave the stage out',
      );
    if (d.deploys !== undefined && d.stages && !(d.stages.includes(PipelineStage.DEPLOY) && d.stages.includes(PipelineStage.BUILD)))
      c.refuse(
        'conflict',
        'stages',
        d.stages,
        `${d.deploys} is to be deployed, but the build or the deploy stage is missing`,
        'add build and deploy, or leave deploys out',
      );
    if (d.approval && !(d.stages?.includes(PipelineStage.DEPLOY) ?? d.deploys !== undefined))
      c.refuse('conflict', 'approval', true, 'there is no deploy stage to approve', 'add the deploy stage, or leave approval out');
    return {
      repository: { provider: RepositoryProvider.GITHUB, ...d.repository },
      stages: d.stages,
      directory: d.directory,
      context: d.context ?? (service && isDirectory(service.image) ? basename(service.image) : undefined),
      lintCommands: d.commands?.lint,
      testCommands: d.commands?.test,
      approval: d.approval,
      environment: this.declaration.environment,
    };
  }
}

/** `raise maxNodes` as `raise nodes.max`. */
function inDeclaredWords(text: string): string {
  return text.replace(DECLARED_WORDS, (prop) => DECLARED_AS[prop]);
}

/** The image; if it is wrong, one that stands in for it until `done` throws. */
function image(text: string, c: Checks): ContainerImage {
  return c.collect(() => ContainerImage.parse(text)) ?? ContainerImage.fromReference('stand-in');
}

function accelerator(d: AcceleratorDeclaration): Accelerator {
  const both = d.type !== undefined && d.memoryGib !== undefined;
  if (both || (d.type === undefined && d.memoryGib === undefined))
    refuse(
      'conflict',
      'accelerator',
      d,
      both ? 'says both type and memoryGib' : 'says neither type nor memoryGib',
      'write { memoryGib: 24 } to ask by need, or { type: L4 } by name',
    );
  return d.type !== undefined ? Accelerator.of(d.type) : Accelerator.atLeast({ memoryGib: d.memoryGib! });
}

function rollout(d: RolloutDeclaration, c: Checks): Rollout {
  const strategy = d.strategy ?? RolloutStrategy.ALL_AT_ONCE;
  if (strategy !== RolloutStrategy.CANARY) {
    for (const field of ['percent', 'interval'] as const)
      c.require(
        d[field] === undefined,
        'conflict',
        `rollout.${field}`,
        d[field],
        `a rollout of ${strategy} has no steps`,
        'leave it out, or write strategy: canary',
      );
    return strategy === RolloutStrategy.BLUE_GREEN ? Rollout.blueGreen() : Rollout.allAtOnce();
  }
  const interval = d.interval === undefined ? undefined : c.collect(() => Duration.parse(d.interval!), 'rollout.interval');
  return Rollout.canary({ percent: d.percent, interval });
}

/** Each field of a declaration that holds a value or a list, with its path. */
function leaves(o: unknown, path: string[] = []): [string, unknown][] {
  if (o === undefined || o === null) return [];
  if (typeof o !== 'object' || Array.isArray(o)) return [[path.join('.'), o]];
  return Object.entries(o).flatMap(([k, v]) => leaves(v, [...path, k]));
}

/** Whether an image is built, as against pulled. */
export function isDirectory(image: string): boolean {
  return /^[./]/.test(image);
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
