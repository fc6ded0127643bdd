import { diffCloudFormation } from '../../../lib/review/cloudformation';
import { Body, Change, Finding, Snapshot } from '../../../lib/review/model';
import { texts } from '../classify';

/** What `find` says of a single resource, declared by its properties; it is added or removed where a side is missing. */
export function findings(
  find: (change: Change) => readonly Finding[],
  type: string,
  before: Body | undefined,
  after: Body | undefined,
  beside: Body = {},
): string[] {
  const declared = (properties: Body | undefined): Body | undefined => properties && { ...beside, Properties: properties };
  return found(find, type, declared(before), declared(after));
}

/** The same of a resource with its policies and whatever else stands beside its properties. */
export function found(
  find: (change: Change) => readonly Finding[],
  type: string,
  before: Body | undefined,
  after: Body | undefined,
): string[] {
  return changesOf(type, before, after).flatMap((change) => texts(find(change)));
}

export function changesOf(type: string, before: Body | undefined, after: Body | undefined): Change[] {
  const template = (resource: Body | undefined): Body => (resource ? { Thing: { Type: type, ...resource } } : {});
  return diffCloudFormation(stackOf(template(before)), stackOf(template(after)));
}

export function stackOf(resources: Body, sections: Body = {}, stack = 'housing'): Snapshot {
  return { kind: 'cloudformation', cloud: 'aws', stack, file: 'a', body: { Resources: resources, ...sections }, paths: new Map() };
}

/** Properties with the value at a dotted path; `*` is the only member of a list. */
export function put(path: string, value: unknown): Body {
  const [step, ...rest] = path.split('.');
  const inside = rest.length === 0 ? value : rest[0] === '*' ? [put(rest.slice(1).join('.'), value)] : put(rest.join('.'), value);
  return inside === undefined ? {} : { [step]: inside };
}

/** What only the deployment knows. */
export const either = (...values: readonly unknown[]): Body => ({
  'Fn::If': ['IsProduction', ...values.map((v) => v ?? { Ref: 'AWS::NoValue' })],
});
export const PARAMETER: Body = { Ref: 'Parameter' };
