import { Finding } from '../../model';
import { at, compared, isBody, isSymbol, keyOf, listed, shown, Thing } from '../terraform';

/** What a workflow asks machines for, read from its source. */
interface Asked {
  /** The chain of places that machines come from. */
  readonly links: readonly unknown[];
  readonly numbers: { readonly [name: string]: unknown };
  readonly tasks: unknown;
}

/** What the source of a workflow tells about the machines that it asks for. */
export function workflow(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched('source_contents')) return [];
  const [before, after] = [thing.was, thing.is].map((b) => parse(at(b, 'source_contents')));
  if (before === undefined || after === undefined) {
    return [thing.finding('unknown', 'What {it} does changes; its source is not JSON, and is not looked into.')];
  }
  const [was, is] = [asked(before), asked(after)];
  const found = [
    ...chain(thing, was, is),
    ...compared(thing, 'The number of machines of a job', was.numbers.nodes, is.numbers.nodes),
    ...compared(thing, 'The number of jobs at the same time', was.numbers.slots, is.numbers.slots),
  ];
  for (const link of is.links) {
    const old = was.links.find((l) => at(l, 'name') === at(link, 'name')) ?? was.links[0];
    if (old) found.push(...machines(thing, old, link, is.links.length > 1 ? ` of ${String(at(link, 'name'))}` : ''));
  }
  if (/--privileged/.test(keyOf(is.tasks)) && !/--privileged/.test(keyOf(was.tasks)))
    found.push(thing.finding('access', 'The program that {it} runs may do everything on its machine: its container is privileged.'));
  return found;
}

function chain(thing: Thing, was: Asked, is: Asked): Finding[] {
  const names = (links: readonly unknown[]): string[] => links.map((l) => String(at(l, 'name')));
  const [before, after] = [names(was.links), names(is.links)];
  return keyOf(before) === keyOf(after)
    ? []
    : [thing.finding('capacity', `Machines come from ${order(after)}, where it was ${order(before)}.`)];
}

function order(names: readonly string[]): string {
  return names.length ? names.join(', then ') : 'nowhere';
}

const POLICY = 'allocationPolicy.instances.policy';

function machines(thing: Thing, was: unknown, is: unknown, of: string): Finding[] {
  const pairs: [string, string][] = [
    ['machineType', `The machine type${of}`],
    ['accelerators.type', `The accelerator${of}`],
    ['accelerators.count', `The number of accelerators of a machine${of}`],
    ['bootDisk.sizeGb', `The disk of a machine${of}, in GB,`],
  ];
  const found = pairs.flatMap(([path, what]) => compared(thing, what, at(was, `${POLICY}.${path}`), at(is, `${POLICY}.${path}`)));
  if (at(was, 'name') === at(is, 'name'))
    found.push(
      ...compared(thing, `The provisioning model${of}`, at(was, `${POLICY}.provisioningModel`), at(is, `${POLICY}.provisioningModel`)),
    );
  const [account, other] = [was, is].map((l) => at(l, 'allocationPolicy.serviceAccount.email'));
  if (account !== other)
    found.push(
      thing.finding('access', `Machines${of} of {it} run as ${shown(other)} and may do what that may, where it was ${shown(account)}.`),
    );
  for (const [path, sentence] of OPEN) {
    const [before, after] = [was, is].map((l) => at(l, path) === true);
    if (before && !after) found.push(thing.finding('access', sentence.replace('{of}', of)));
  }
  const [from, to] = [was, is].map((l) => at(l, 'allocationPolicy.location.allowedLocations'));
  if (keyOf(from) !== keyOf(to))
    found.push(thing.finding('capacity', `Machines${of} come from ${places(to)}, where it was ${places(from)}.`));
  return found;
}

const OPEN = [
  ['allocationPolicy.network.networkInterfaces.noExternalIpAddress', 'Machines{of} of {it} have public addresses.'],
  ['allocationPolicy.instances.blockProjectSshKeys', 'Whoever has an SSH key of the project may sign in to the machines{of} of {it}.'],
] as const;

function places(value: unknown): string {
  return Array.isArray(value) ? listed(value.map((v) => String(v).replace(/^(regions|zones)\//, ''))) : 'anywhere';
}

function parse(source: unknown): unknown {
  if (typeof source !== 'string' || (isSymbol(source) && !source.trimStart().startsWith('{'))) return undefined;
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** Follows the source down to what is assigned, and to the job that is created. */
function asked(source: unknown): Asked {
  const numbers: { [name: string]: unknown } = {};
  let links: readonly unknown[] = [];
  let tasks: unknown;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isBody(value)) {
      if (Array.isArray(value.links)) links = value.links;
      if (value.taskGroups !== undefined) tasks = value.taskGroups;
      for (const [name, v] of Object.entries(value)) {
        if (['nodes', 'slots'].includes(name) && typeof v === 'number') numbers[name] ??= v;
        visit(v);
      }
    }
  };
  visit(source);
  return { links, numbers, tasks };
}
