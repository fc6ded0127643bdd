import { BuildPipelineBaseProps, ImageOwner, PIPELINE_DEFAULTS, PipelineStage, STAGE_ORDER } from '../../core';
import { Checks, isUnresolved } from '../../core/errors';
import { ICloudRunInference } from '../inference';
import { IImageRegistry } from '../registry';
import { checkRepository } from './pipeline-source';

/** What the checks look at beside what all clouds have. */
export interface PipelineInput extends BuildPipelineBaseProps {
  readonly service?: ICloudRunInference;
  readonly registry?: IImageRegistry;
  readonly machineType?: string;
  readonly workerPool?: string;
  readonly rollbackErrorPercent?: number;
}

/** Seconds that a build of Cloud Build may take at most. */
export const LONGEST_BUILD = 86_400;

/** The stages of a pipeline, in the order they run. */
export function stagesOf({ stages, service }: PipelineInput): PipelineStage[] {
  return STAGE_ORDER.filter((s) => (stages ? stages.includes(s) : s !== PipelineStage.DEPLOY || service !== undefined));
}

/** Checks what belongs together in a pipeline. */
export function checkPipeline(checks: Checks, props: PipelineInput): void {
  const stages = stagesOf(props);
  const has = (s: PipelineStage) => stages.includes(s);
  checkRepository(checks, props.repository);
  if (!stages.length) checks.refuse('missing', 'stages', props.stages, 'a pipeline without a stage does nothing', 'write at least one');
  if (has(PipelineStage.DEPLOY) && !props.service)
    checks.refuse(
      'missing',
      'service',
      undefined,
      'there is a deploy stage, but nothing to deploy',
      'give a service, or leave the stage out',
    );
  if (props.service && !(has(PipelineStage.DEPLOY) && has(PipelineStage.BUILD)))
    checks.refuse(
      'conflict',
      'stages',
      props.stages,
      'a service is to be deployed, but the build or the deploy stage is missing',
      'add build and deploy, or leave the service out',
    );
  if (props.service && props.service.imageOwner === ImageOwner.STACK)
    checks.refuse(
      'conflict',
      'service',
      props.service.node.path,
      'the stack owns its image and would undo every deployment',
      'write imageOwner: ImageOwner.PIPELINE there',
    );
  if (has(PipelineStage.BUILD) && !props.registry)
    checks.refuse('missing', 'registry', undefined, 'the build stage has no registry to push to', 'give an ImageRegistry');
  if (props.approval && !has(PipelineStage.DEPLOY))
    checks.refuse('conflict', 'approval', true, 'there is no deploy stage to approve', 'add the deploy stage, or leave approval out');

  const commands = { lintCommands: PipelineStage.LINT, testCommands: PipelineStage.TEST } as const;
  for (const prop of ['lintCommands', 'testCommands'] as const)
    if (has(commands[prop]) && props[prop]?.length === 0)
      checks.refuse('missing', prop, [], `the ${commands[prop]} stage has nothing to run`, 'write a command, or leave the stage out');
  for (const prop of ['directory', 'context'] as const) {
    const path = props[prop] ?? PIPELINE_DEFAULTS[prop];
    checks.require(
      isUnresolved(path) || (/^[\w.-][\w./-]*$/.test(path) && !path.split('/').includes('..')),
      'syntax',
      prop,
      path,
      'not a path within the repository',
      'write it relative to the top, such as services/predict',
    );
  }
  if (props.machineType !== undefined && props.workerPool !== undefined)
    checks.refuse('conflict', 'machineType', props.machineType, 'the machines of a private pool are chosen with the pool', 'leave it out');
  checks.within('rollbackErrorPercent', props.rollbackErrorPercent, 0, 100, 'a share of requests');
}
