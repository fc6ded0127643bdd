import type { Body } from '../review/model';
import type { Judgement } from './model';
import { at, demand, isReference, listOf } from './values';

/** Whom a grant of Google Cloud is for. */
export function members(body: Body): unknown[] {
  return [...listOf(at(body, 'member')), ...listOf(at(body, 'members'))];
}

/** A grant of Google Cloud is not for everybody. */
export function noPublicMember(body: Body): Judgement {
  return demand(!members(body).some((m) => m === 'allUsers' || m === 'allAuthenticatedUsers'));
}

/** Whether a variable is called as secrets are. Addresses of a secret, and names of files, are none. */
export function isSecretName(name: unknown): boolean {
  return (
    typeof name === 'string' &&
    /(^|_)(PASSWORD|PASSWD|PWD|TOKEN|SECRET|CREDENTIALS?|PRIVATE_KEY|API_?KEY|ACCESS_KEY|ACCOUNT_KEY|CONNECTION_STRING)$/i.test(name)
  );
}

/** Whether a value is written out. */
export function isLiteral(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !isReference(value);
}
