import { Block, Configuration, META } from './configuration';
import { renameIn } from './expression';
import { isRecord, keyOf, Value } from './value';

/** Pairs of a removed and an added resource that declare the same, but for each other's addresses. */
export function findRenames(
  was: Configuration,
  is: Configuration,
  removed: readonly string[],
  added: readonly string[],
): [string, string][] {
  if (!removed.length || !added.length) return [];
  // Equal resources get equal numbers, in both revisions.
  const numbers = new Map<string, number>();
  const gone = signatures(was, new Set(removed), numbers);
  const come = signatures(is, new Set(added), numbers);
  const candidates = new Map<number, string[]>();
  for (const [address, signature] of gone) candidates.set(signature, [...(candidates.get(signature) ?? []), address]);
  const pairs: [string, string][] = [];
  for (const [address, signature] of come) {
    const from = candidates.get(signature)?.shift();
    if (from) pairs.push([from, address]);
  }
  return pairs;
}

function signatures(configuration: Configuration, those: ReadonlySet<string>, numbers: Map<string, number>): Map<string, number> {
  const found = new Map<string, number>();
  // What is referred to comes first in the order, so that it is numbered already.
  const rename = (address: string): string => (found.has(address) ? `same.n${found.get(address)}` : address);
  for (const block of configuration.order) {
    if (!those.has(block.address)) continue;
    const text = `${block.type}${keyOf(abstract(attributes(block), rename))}`;
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    found.set(block.address, numbers.get(text)!);
  }
  return found;
}

function attributes(block: Block): Value {
  return Object.fromEntries(Object.entries(block.raw).filter(([name]) => !META.has(name))) as Value;
}

function abstract(value: Value, rename: (address: string) => string): Value {
  if (typeof value === 'string') return renameIn(value, rename);
  if (Array.isArray(value)) return value.map((v) => abstract(v, rename));
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, abstract(v, rename)])) : value;
}
