import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Checks } from '../../core/errors';
import type { IPrincipal } from '../resource-group';
import type { ISecret } from '../secret';
import { granted, resourcesOf } from './dependencies';
import { grantId } from './name';

/** Secrets by the environment variable that holds them. */
export type SecretEnv = { readonly [variable: string]: ISecret };

/**
 * Checks the names of variables that hold secrets.
 *
 * @param reserved whether a variable is one that the library sets itself
 */
export function checkSecrets(
  checks: Checks,
  secrets: SecretEnv = {},
  env: { readonly [name: string]: string } = {},
  reserved: (variable: string) => boolean = () => false,
): void {
  for (const variable of Object.keys(secrets)) {
    checks.require(
      /^[A-Za-z_]\w*$/.test(variable),
      'name',
      `secrets.${variable}`,
      undefined,
      'an environment variable is named by letters, digits and underscores',
      'write another name',
    );
    checks.require(
      !reserved(variable),
      'conflict',
      `secrets.${variable}`,
      undefined,
      'the library sets this variable',
      'write another name',
    );
    checks.require(!(variable in env), 'conflict', `secrets.${variable}`, undefined, 'env sets this variable too', 'leave one of them out');
  }
}

/** Lets somebody read secrets; gives what has to be there before they can be read. */
export function readSecrets(scope: Construct, secrets: SecretEnv = {}, grantee: IPrincipal): ITerraformDependable[] {
  const id = grantId(scope, 'Secret');
  // One that several variables hold is granted once.
  return [...new Set(Object.values(secrets))].flatMap((secret) => {
    secret.grants.read(id, grantee);
    return [...granted(secret, id), ...resourcesOf(secret.vault, 'azurerm_private_endpoint')];
  });
}
