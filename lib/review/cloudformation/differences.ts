import { Step } from './spec';
import { isIntrinsic } from './values';

export interface Difference {
  readonly path: readonly Step[];
  readonly before?: unknown;
  readonly after?: unknown;
  /** The same members in another order, in a list whose order means nothing, or written in another way. */
  readonly reordered?: boolean;
}

// Lists that the services read as sets, by the name of their property. Within a policy every list is one.
const UNORDERED = new Set(
  (
    'AlarmActions Alarms Architectures AvailabilityZones DependsOn Dimensions Environment EnvironmentVariables Events Groups InstanceTypes ' +
    'InsufficientDataActions ManagedPolicyArns OKActions Policies Queues Roles RouteTableIds Secrets SecurityGroupEgress SecurityGroupIds ' +
    'SecurityGroupIngress SecurityGroups SubnetIds Subnets TagSpecifications Tags Targets Topics Users VpcSecurityGroupIds'
  ).split(' '),
);
// What tells one member of a list from another, where members have it.
const NAMES = ['Sid', 'Id', 'Key', 'Name', 'PolicyName', 'ResourceType', 'DeviceName'];

/** Where two rendered values differ, down to the properties that do. */
export function differencesOf(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = [];
  compare(before, after, [], false, found);
  return found;
}

function compare(before: unknown, after: unknown, path: readonly Step[], inPolicy: boolean, found: Difference[]): void {
  if (Array.isArray(before) && Array.isArray(after)) {
    return compareLists(before, after, path, inPolicy, found);
  }
  // A policy says "s3:GetObject" and ["s3:GetObject"] alike.
  if (inPolicy && Array.isArray(before) !== Array.isArray(after) && before !== undefined && after !== undefined) {
    const known = found.length;
    compareLists([before].flat(), [after].flat(), path, inPolicy, found);
    if (found.length === known) {
      found.push({ path, before, after, reordered: true });
    }
    return;
  }
  if (isPlain(before) && isPlain(after)) {
    const policy = inPolicy || ('Statement' in before && 'Statement' in after);
    for (const key of Object.keys(before)) {
      compare(before[key], Object.hasOwn(after, key) ? after[key] : undefined, [...path, key], policy, found);
    }
    for (const key of Object.keys(after)) {
      if (!Object.hasOwn(before, key)) {
        compare(undefined, after[key], [...path, key], policy, found);
      }
    }
    return;
  }
  if (!isSame(before, after)) {
    found.push({ path, before, after });
  }
}

function compareLists(before: unknown[], after: unknown[], path: readonly Step[], inPolicy: boolean, found: Difference[]): void {
  const name = path.findLast((step) => typeof step === 'string');
  if (inPolicy || (typeof path.at(-1) === 'string' && UNORDERED.has(String(name)))) {
    return compareSets(before, after, path, inPolicy, found);
  }
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isSame(before[start], after[start])) {
    start++;
  }
  let end = 0;
  while (end < shorter - start && isSame(before[before.length - 1 - end], after[after.length - 1 - end])) {
    end++;
  }
  for (let n = start; n < Math.max(before.length, after.length) - end; n++) {
    const was = n < before.length - end ? before[n] : undefined;
    const is = n < after.length - end ? after[n] : undefined;
    compare(was, is, [...path, n], inPolicy, found);
  }
}

interface Member {
  readonly value: unknown;
  readonly index: number;
}

function compareSets(before: unknown[], after: unknown[], path: readonly Step[], inPolicy: boolean, found: Difference[]): void {
  const byText = new Map<string, Member[]>();
  after.forEach((value, index) => {
    const text = canonical(value, inPolicy);
    byText.set(text, [...(byText.get(text) ?? []), { value, index }]);
  });
  let moved = false;
  const gone: Member[] = [];
  before.forEach((value, index) => {
    const twin = byText.get(canonical(value, inPolicy))?.shift();
    if (twin) {
      moved ||= twin.index !== index || canonical(value, false, true) !== canonical(twin.value, false, true);
    } else {
      gone.push({ value, index });
    }
  });
  const come = [...byText.values()].flat().sort((a, b) => a.index - b.index);
  if (gone.length === 0 && come.length === 0) {
    if (moved) {
      found.push({ path, before, after, reordered: true });
    }
    return;
  }
  const named = new Map(come.flatMap((m) => (nameOf(m.value) === undefined ? [] : [[nameOf(m.value)!, m] as const])));
  for (const was of gone) {
    const name = nameOf(was.value);
    const is = gone.length === 1 && come.length === 1 ? come[0] : name === undefined ? undefined : named.get(name);
    if (is) {
      named.delete(nameOf(is.value) ?? '');
      come.splice(come.indexOf(is), 1);
      compare(was.value, is.value, [...path, is.index], inPolicy, found);
    } else {
      found.push({ path: [...path, was.index], before: was.value });
    }
  }
  for (const is of come) {
    found.push({ path: [...path, is.index], after: is.value });
  }
}

function nameOf(value: unknown): string | undefined {
  const key = isPlain(value) ? NAMES.find((n) => typeof value[n] === 'string') : undefined;
  return key && `${key}=${(value as { [k: string]: unknown })[key]}`;
}

function isPlain(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isIntrinsic(value);
}

/**
 * Whether CloudFormation takes the two for the same: it reads 10 and "10" alike, and true and "true".
 * Two texts are alike only if they are equal: "16.1" and "16.10" are not, whatever `cdk diff` says.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) {
    return true;
  }
  if (typeof a !== 'object' && typeof b !== 'object') {
    return a !== undefined && b !== undefined && String(a) === String(b);
  }
  return a !== undefined && b !== undefined && canonical(a, false, true) === canonical(b, false, true);
}

/** One text for all that mean the same. */
export function canonical(value: unknown, inPolicy = false, ordered = false): string {
  if (Array.isArray(value)) {
    const members = value.map((v) => canonical(v, inPolicy, ordered));
    if (inPolicy && members.length === 1) {
      return members[0];
    }
    return `[${(inPolicy && !ordered ? members.sort() : members).join()}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const policy = inPolicy || 'Statement' in value;
    return `{${Object.entries(value)
      .map(([key, v]) => `${JSON.stringify(key)}:${canonical(v, policy, ordered)}`)
      .sort()
      .join()}}`;
  }
  return JSON.stringify(String(value));
}

/** `Statement[1].Action` for `['Statement', 1, 'Action']`. */
export function textOf(path: readonly Step[]): string {
  return path.map((step, n) => (typeof step === 'number' ? `[${step}]` : n === 0 ? step : `.${step}`)).join('');
}
