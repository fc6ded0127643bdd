import { list } from './configuration';
import { isRecord, Value } from './value';

type Values = { readonly [name: string]: Value };

/** What is planned once `lifecycle.ignore_changes` has put back what it names. */
export function ignoreChanges(ignored: unknown, before: Values, after: Values): Values {
  if (ignored === 'all' || ignored === '${all}') return before;
  let planned = after;
  for (const entry of list(ignored)) {
    if (typeof entry !== 'string') continue;
    if (entry === 'all') return before;
    planned = putBack(planned, before, steps(entry)) as Values;
  }
  return planned;
}

function steps(path: string): (string | number)[] {
  const text = path.replace(/^\$\{([^]*)\}$/, '$1');
  return [...text.matchAll(/([A-Za-z_][\w-]*)|\[(\d+)\]|\["([^"]*)"\]/g)].map(([, name, index, key]) =>
    index === undefined ? (name ?? key) : Number(index),
  );
}

/** Nothing is put back where the way to it is not there on both sides: a new element stays as declared. */
function putBack(target: Value | undefined, source: Value | undefined, path: readonly (string | number)[]): Value | undefined {
  if (!path.length) return source;
  const [step, ...rest] = path;
  if (typeof step === 'number') {
    // A block that may occur once is written without a list.
    if (!Array.isArray(target))
      return step === 0 && isRecord(target) ? putBack(target, Array.isArray(source) ? source[0] : source, rest) : target;
    const from = Array.isArray(source) ? source[step] : step === 0 ? source : undefined;
    if (target[step] === undefined || from === undefined) return target;
    return target.map((v, i) => (i === step ? (putBack(v, from, rest) ?? null) : v));
  }
  if (Array.isArray(target) && target.length === 1) {
    const inner = putBack(target[0], Array.isArray(source) ? source[0] : source, path);
    return inner === undefined ? target : [inner];
  }
  const from = Array.isArray(source) && source.length === 1 ? source[0] : source;
  if (!isRecord(target) || !isRecord(from)) return target;
  const put = putBack(target[step], from[step], rest);
  const others = Object.entries(target).filter(([name]) => name !== step);
  return Object.fromEntries(put === undefined ? others : [...others, [step, put]]);
}
