import { ITerraformDependable, TerraformElement } from 'cdktf';
import { IConstruct } from 'constructs';
import { Checks } from '../../core/errors';
import { MODEL_ENV } from '../../core/models';
import { TRACKING_ENV } from '../../core/tracking';
import { RENDEZVOUS_ENV, TRAINING_ENV } from '../../core/training';
import type { IMember } from '../member';
import type { ISecret } from '../secret';
import { idFor } from './names';

/** Secrets by the environment variable that programs find them in. */
export type SecretEnv = { readonly [variable: string]: ISecret };

/**
 * Lets somebody read secrets.
 *
 * @returns what has to be there before a program can get them: the permissions, and a version of each
 */
export function readSecrets(scope: IConstruct, secrets: SecretEnv | undefined, reader: IMember): ITerraformDependable[] {
  const id = idFor(scope, 'Read');
  return [...new Set(Object.values(secrets ?? {}))].flatMap((secret) => {
    secret.grants.read(id, reader);
    return [id, 'Placeholder'].map((child) => secret.node.tryFindChild(child)).filter((c) => TerraformElement.isTerraformElement(c));
  }) as unknown as ITerraformDependable[];
}

/** `projects/P/secrets/S`, as other projects name it, too. */
export function secretPath({ project, secretId }: ISecret): string {
  return `projects/${project}/secrets/${secretId}`;
}

/** What the contracts of training and tracking set. */
const RESERVED: ReadonlySet<string> = new Set([
  ...Object.values(TRAINING_ENV),
  ...RENDEZVOUS_ENV,
  ...Object.values(TRACKING_ENV),
  MODEL_ENV,
]);

/** Refuses variables that cannot hold a secret. */
export function checkSecretNames(checks: Checks, env: { readonly [name: string]: string } = {}, secrets: SecretEnv = {}): void {
  for (const name of Object.keys(secrets)) {
    checks.require(
      /^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
      'name',
      `secrets.${name}`,
      undefined,
      'not the name of an environment variable',
      'write letters, digits and underscores, a letter first',
    );
    checks.require(
      !RESERVED.has(name) && !name.startsWith('MLFLOW_'),
      'conflict',
      `secrets.${name}`,
      undefined,
      'the platform sets this variable itself',
      'choose another name',
    );
    if (name in env) checks.refuse('conflict', `secrets.${name}`, undefined, 'env sets this variable, too', 'leave it out of one of them');
  }
}
