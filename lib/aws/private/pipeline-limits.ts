import { ImageOwner, PipelineStage } from '../../core';
import { Checks, isUnresolved, oneOf } from '../../core/errors';
import { STAGE_ORDER } from '../../core/pipeline';
import { BuildPipelineProps } from '../pipeline/props';
import { checkTracked } from './tracked';
import { checkSubnets } from './vpc';

/** CodeBuild's own, in minutes. */
export const CODEBUILD_MINUTES = { min: 5, max: 2_160 };

/** Checks the props, and says which stages there are, in order. */
export function pipelineStages(checks: Checks, props: BuildPipelineProps): PipelineStage[] {
  const { service } = props;
  for (const prop of ['owner', 'name'] as const)
    checks.require(
      props.repository[prop].length > 0,
      'missing',
      `repository.${prop}`,
      props.repository[prop],
      'no repository has an empty name',
      'write what its address shows',
    );
  for (const prop of ['directory', 'context'] as const) checkFolder(checks, prop, props[prop]);
  checks.within('stageTimeout', props.stageTimeout?.toMinutes(), CODEBUILD_MINUTES.min, CODEBUILD_MINUTES.max, 'CodeBuild, in minutes,');
  checks.require(
    props.pythonVersion === undefined || /^\d+\.\d+$/.test(props.pythonVersion),
    'syntax',
    'pythonVersion',
    props.pythonVersion,
    'not a version of Python',
    'write two numbers, such as 3.11',
  );
  checks.require(
    props.connectionArn === undefined ||
      isUnresolved(props.connectionArn) ||
      /^arn:[\w-]+:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection\/[\w-]+$/.test(props.connectionArn),
    'syntax',
    'connectionArn',
    props.connectionArn,
    'not the ARN of a connection',
    'write what `aws codeconnections list-connections` shows',
  );
  checkSubnets(checks, props);
  checkTracked(checks, props);
  for (const prop of ['vpcSubnets', 'securityGroups'] as const)
    checks.require(props.vpc !== undefined || props[prop] === undefined, 'conflict', prop, undefined, 'there is no vpc', 'leave it out');

  const asked = props.stages ?? STAGE_ORDER.filter((s) => s !== PipelineStage.DEPLOY || service !== undefined);
  const has = (stage: PipelineStage): boolean => asked.includes(stage);
  checks.require(asked.length > 0, 'missing', 'stages', asked, 'nothing would be done', `write some of ${oneOf(STAGE_ORDER)}`);
  checks.require(
    !has(PipelineStage.DEPLOY) || service !== undefined,
    'missing',
    'service',
    undefined,
    'there is a deploy stage, but nothing to deploy',
    'give a service, or leave the stage out',
  );
  checks.require(
    service === undefined || (has(PipelineStage.BUILD) && has(PipelineStage.DEPLOY)),
    'conflict',
    'stages',
    asked,
    'a service is to be deployed, but the build or the deploy stage is missing',
    'add build and deploy, or leave service out',
  );
  checks.require(
    service === undefined || service.imageOwner === ImageOwner.PIPELINE,
    'conflict',
    'service',
    service?.node.path,
    'its stack names the image, and would undo what the pipeline deploys',
    'give the service imageOwner: ImageOwner.PIPELINE',
  );
  checks.require(
    !has(PipelineStage.BUILD) || props.imageRepository !== undefined,
    'missing',
    'imageRepository',
    undefined,
    'there is a build stage, but nowhere to push images',
    'give an ECR repository, such as that of an ImageRegistry',
  );
  checks.require(
    !props.approval || has(PipelineStage.DEPLOY),
    'conflict',
    'approval',
    true,
    'there is no deploy stage to approve',
    'add the deploy stage, or leave approval out',
  );
  return STAGE_ORDER.filter(has);
}

function checkFolder(checks: Checks, prop: string, path: string | undefined): void {
  if (path === undefined || isUnresolved(path)) return;
  const inside = !path.startsWith('/') && !path.split('/').includes('..') && path.length > 0;
  checks.require(
    inside,
    'syntax',
    prop,
    path,
    'not a folder inside the repository',
    'write a relative path without .., such as services/predict',
  );
}
