import { ITerraformDependable, TerraformElement } from 'cdktf';
import { IConstruct } from 'constructs';
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
