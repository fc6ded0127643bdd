import { refuse } from '../../core/errors';

/** A range of IPv4 addresses. */
export interface Cidr {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly bits: number;
}

const SIZE = 2 ** 32;

/**
 * Reads `10.40.0.0/16`.
 *
 * @throws a problem that says what is wrong with it
 */
export function parseCidr(prop: string, text: string): Cidr {
  const m = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const octets = m ? m.slice(1, 5).map(Number) : [];
  const bits = m ? Number(m[5]) : 0;
  if (!m || octets.some((o) => o > 255) || bits > 32)
    refuse('syntax', prop, text, 'not a range of IPv4 addresses', 'write an address and a length, such as 10.40.0.0/16');
  const start = octets.reduce((sum, o) => sum * 256 + o, 0);
  const size = 2 ** (32 - bits);
  if (start % size)
    refuse('syntax', prop, text, 'the address is not the first of its range', `write ${show(start - (start % size))}/${bits}`);
  return { text, start, end: start + size, bits };
}

/** The nth of the equal parts of a range that have so many bits more. */
export function part(range: Cidr, more: number, n: number): Cidr {
  const bits = range.bits + more;
  const start = range.start + n * 2 ** (32 - bits);
  return { text: `${show(start)}/${bits}`, start, end: start + 2 ** (32 - bits), bits };
}

/** Whether two ranges have an address in common. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Whether a range is wholly in another. */
export function inside(a: Cidr, b: Cidr): boolean {
  return a.start >= b.start && a.end <= b.end;
}

function show(address: number): string {
  const n = ((address % SIZE) + SIZE) % SIZE;
  return [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.');
}
