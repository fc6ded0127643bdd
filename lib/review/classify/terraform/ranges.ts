import { listed, shown } from './thing';

/** What a rule of a firewall lets through, or holds back. An empty list stands for everything. */
export interface Flow {
  readonly inbound: boolean;
  /** `tcp`; empty for every protocol. */
  readonly protocol: string;
  readonly ports: readonly string[];
  readonly from: readonly string[];
  readonly to: readonly string[];
}

const EVERYWHERE = ['*', 'any', 'internet', '0.0.0.0/0', '::/0', '0.0.0.0'];

/** Those of some flows that no other covers. */
export function beyond(flows: readonly Flow[], others: readonly Flow[]): Flow[] {
  return flows.filter((flow) => !others.some((other) => covers(other, flow)));
}

/** Who may reach what, as the beginning of a sentence. */
export function flowText({ inbound, protocol, ports, from, to }: Flow): string {
  const what = `${ports.length ? `${protocol || 'port'} ${listed(ports)}` : protocol ? `every ${protocol} port` : 'every port'}`;
  const target = to.length ? shown(to) : '';
  return inbound
    ? `${placeText(from)} may reach ${what} of ${target && !isEverywhere(target) ? target : 'every machine'}`
    : `${from.length && !isEverywhere(shown(from)) ? shown(from) : 'Every machine'} may send to ${what} of ${!to.length || to.some(isEverywhere) ? `everything (${target || '0.0.0.0/0'})` : target}`;
}

/** A range of addresses, as whoever is behind it. */
export function placeText(from: readonly string[]): string {
  if (!from.length || from.some(isEverywhere)) return `Everybody on the internet (${from.length ? shown(from) : '0.0.0.0/0'})`;
  return shown(from.map((place) => (place === 'VirtualNetwork' ? 'Every machine in the network and its peers' : place)));
}

function covers(a: Flow, b: Flow): boolean {
  return (
    a.inbound === b.inbound &&
    (a.protocol === '' || a.protocol === b.protocol) &&
    within(b.ports, a.ports, portIn) &&
    within(b.from, a.from, addressIn) &&
    within(b.to, a.to, addressIn)
  );
}

function within(inner: readonly string[], outer: readonly string[], isIn: (i: string, o: string) => boolean): boolean {
  if (!outer.length) return true;
  return inner.length > 0 && inner.every((i) => outer.some((o) => isIn(i, o)));
}

function portIn(inner: string, outer: string): boolean {
  const [a, b] = [inner, outer].map((p) => p.split('-').map(Number));
  return inner === outer || (b[0] <= a[0] && (a[1] ?? a[0]) <= (b[1] ?? b[0]));
}

function addressIn(inner: string, outer: string): boolean {
  if (inner === outer || isEverywhere(outer)) return true;
  const [i, o] = [range(inner), range(outer)];
  return i !== undefined && o !== undefined && o[0] <= i[0] && i[1] <= o[1];
}

export function isEverywhere(range: string): boolean {
  return EVERYWHERE.includes(range.toLowerCase());
}

function range(cidr: string): [number, number] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d] = match.slice(1).map(Number);
  const size = 2 ** (32 - Number(match[5] ?? 32));
  const first = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size;
  return [first, first + size - 1];
}
