import { IVpc } from 'aws-cdk-lib/aws-ec2';
import { ModelReference } from '../../core';
import { Checks } from '../../core/errors';
import { MODEL_ENV } from '../../core/models';
import { TRACKING_ENV } from '../../core/tracking';
import { IExperimentTracking } from '../tracking';

/** What a program knows of experiments and models. */
export interface Tracked {
  readonly tracking?: IExperimentTracking;
  /** What it registers its model under. */
  readonly modelName?: string;
  /** What it serves. */
  readonly model?: ModelReference;
}

/** The variables of a program that tracks, registers or serves a model. */
export function trackedEnv({ tracking, modelName, model }: Tracked): { [name: string]: string } {
  return {
    ...tracking?.environment(),
    ...(modelName === undefined ? {} : { [TRACKING_ENV.MODEL]: modelName }),
    ...(model === undefined ? {} : { [MODEL_ENV]: model.toString() }),
  };
}

/** A model takes a tracking server, and one of the platform's own takes its network. */
export function checkTracked(
  checks: Checks,
  tracked: Tracked & { readonly vpc?: IVpc; readonly env?: { readonly [name: string]: string } },
): void {
  const { tracking, modelName, model, vpc, env = {} } = tracked;
  const [prop, value] = modelName !== undefined ? ['modelName', modelName] : ['model', model?.toString()];
  checks.require(
    value === undefined || tracking !== undefined,
    'missing',
    'tracking',
    undefined,
    `${prop} names a model of a tracking server, and none is given`,
    `give tracking, or leave ${prop} out`,
  );
  checks.require(
    !tracking?.inNetwork || vpc !== undefined,
    'missing',
    'vpc',
    undefined,
    'the tracking server answers in its network only, and none is given',
    'give the vpc of the tracking server',
  );
  for (const name of Object.keys(trackedEnv(tracked)))
    checks.require(!(name in env), 'conflict', `env.${name}`, env[name], 'it is set from another property', 'leave it out');
}
