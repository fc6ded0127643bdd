import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { IPrincipal } from '../resource-group';
import type { ISecret } from '../secret';
import { granted, resourcesOf } from './dependencies';
import { grantId } from './name';

/** Secrets by the environment variable that holds them. */
export type SecretEnv = { readonly [variable: string]: ISecret };

/** Lets somebody read secrets; gives what has to be there before they can be read. */
export function readSecrets(scope: Construct, secrets: SecretEnv = {}, grantee: IPrincipal): ITerraformDependable[] {
  const id = grantId(scope, 'Secret');
  // One that several variables hold is granted once.
  return [...new Set(Object.values(secrets))].flatMap((secret) => {
    secret.grants.read(id, grantee);
    return [...granted(secret, id), ...resourcesOf(secret.vault, 'azurerm_private_endpoint')];
  });
}
