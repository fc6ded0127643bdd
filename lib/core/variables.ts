import { Checks } from './errors';
import { MODEL_ENV } from './models';
import { TRACKING_ENV } from './tracking';
import { RENDEZVOUS_ENV, TRAINING_ENV } from './training';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What the contracts of training, tracking and models set, on every cloud. */
const OURS: readonly string[] = [...Object.values(TRAINING_ENV), ...RENDEZVOUS_ENV, ...Object.values(TRACKING_ENV), MODEL_ENV];

/**
 * What is wrong with the variables that hold secrets. Every cloud says it in the same words, so that it is said once.
 *
 * @param secrets by variable
 * @param env what the user sets beside them
 * @param isTaken whether a variable has a meaning to the cloud's service
 */
export function checkSecretVariables(
  checks: Checks,
  secrets: { readonly [variable: string]: unknown } = {},
  env: { readonly [variable: string]: string } = {},
  isTaken: (variable: string) => boolean = () => false,
): void {
  for (const variable of Object.keys(secrets)) {
    const prop = `secrets.${variable}`;
    checks.require(
      NAME.test(variable),
      'name',
      prop,
      undefined,
      'a variable is named by letters, digits and underscores, no digit first',
      'write a name such as HF_TOKEN',
    );
    checks.require(
      !OURS.includes(variable) && !isTaken(variable),
      'conflict',
      prop,
      undefined,
      'the platform sets this variable itself',
      'choose another name',
    );
    checks.require(!(variable in env), 'conflict', prop, undefined, 'env sets this variable, too', 'leave it out of one of them');
  }
}
