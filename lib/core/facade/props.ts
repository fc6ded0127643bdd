import { basename } from 'path';
import { Accelerator } from '../accelerator';
import { CloudName } from '../catalogue';
import { Checks, oneOf, refuse } from '../errors';
import { ContainerImage, ImageOwner } from '../image';
import { InferenceBaseProps } from '../inference';
import { BuildPipelineBaseProps, PipelineStage, RepositoryProvider } from '../pipeline';
import {
  AcceleratorDeclaration,
  InferenceDeclaration,
  MlPlatformProps,
  PipelineDeclaration,
  RolloutDeclaration,
  TrainingDeclaration,
} from '../platform';
import { Rollout, RolloutStrategy } from '../rollout';
import { TrainingBaseProps } from '../training';
import { Duration, Schedule, Size } from '../units';
import { checkReferences, checkRegisteredModel, modelOf } from './data';

/** A declaration, and the cloud that it is looked at from. */
export interface Declared {
  readonly declaration: MlPlatformProps;
  readonly cloud: CloudName;
}

/** Props of a cluster. */
export function trainingProps({ declaration, cloud }: Declared, d: TrainingDeclaration, c: Checks): TrainingBaseProps {
  checkReferences({ declaration, cloud }, d, c);
  if (d.model !== undefined) checkRegisteredModel({ declaration, cloud }, d.model, c);
  const reservation = (d.reservations as { [cloud: string]: string | undefined } | undefined)?.[cloud];
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
    modelName: d.model,
    env: d.env,
    environment: declaration.environment,
  };
}

/** Props of a service. */
export function inferenceProps(declared: Declared, d: InferenceDeclaration, name: string, c: Checks): InferenceBaseProps {
  const { declaration, cloud } = declared;
  checkReferences(declared, d, c);
  const deployer = Object.entries(declaration.pipelines ?? {}).find(
    ([, p]) => p.deploys === name && (!p.on || p.on.includes(cloud as never)),
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
    model: d.model === undefined ? undefined : modelOf(declared, d.model, c),
    env: d.env,
    environment: declaration.environment,
  };
}

/** Props of a pipeline. */
export function pipelineProps({ declaration }: Declared, d: PipelineDeclaration, name: string, c: Checks): BuildPipelineBaseProps {
  const services = declaration.inference ?? {};
  const targets = Object.keys(declaration.targets);
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
  const other = Object.entries(declaration.pipelines ?? {}).find(
    ([n, p]) => n < name && p.deploys !== undefined && p.deploys === d.deploys && cloudsOf(p).some((cloud) => cloudsOf(d).includes(cloud)),
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
    environment: declaration.environment,
  };
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

/** Whether an image is built, as against pulled. */
export function isDirectory(image: string): boolean {
  return /^[./]/.test(image);
}
