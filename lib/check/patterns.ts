import type { Body } from '../review/model';
import type { Judgement } from './model';
import { at, isReference, listOf, refuse } from './values';

/** Whom a grant of Google Cloud is for. */
export function members(body: Body): unknown[] {
  return [...listOf(at(body, 'member')), ...listOf(at(body, 'members'))];
}

/** A grant of Google Cloud is not for everybody. */
export function noPublicMember(body: Body): Judgement {
  const all = members(body);
  return refuse(
    all.some((m) => m === 'allUsers' || m === 'allAuthenticatedUsers'),
    ...all.filter(isParameter),
  );
}

/** Whether the value is whatever a variable says. A reference to an attribute of a resource is no such: what kind of value it has is known. */
export function isParameter(value: unknown): boolean {
  return typeof value === 'string' && /^\$\{\s*(var|local|data\.terraform_remote_state)\./.test(value);
}

/** Whether a variable is called as secrets are. Addresses of a secret, names of files, and where telemetry goes are none. */
export function isSecretName(name: unknown): boolean {
  return (
    typeof name === 'string' &&
    /(^|_)(PASSWORD|PASSWD|PWD|TOKEN|SECRET|CREDENTIALS?|PRIVATE_KEY|API_?KEY|ACCESS_KEY|ACCOUNT_KEY|(?<!APPLICATIONINSIGHTS_)CONNECTION_STRING)$/i.test(
      name,
    )
  );
}

/** Whether a value is written out. */
export function isLiteral(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !isReference(value);
}

/** Of the environments of containers: none holds a secret as its value. */
export function noPlainSecret(...environments: readonly unknown[]): Judgement {
  const values = environments
    .flatMap(listOf)
    .flat()
    .filter((e) => isSecretName(at(e, 'name')))
    .map((e) => at(e, 'value'));
  return refuse(values.some(isLiteral), ...values);
}
