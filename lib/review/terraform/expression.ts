import { Certainty, isRecord, keyOf, Symbolic, Value } from './value';

/** A reference in an expression: `google_storage_bucket.b.url`, `var.x`, `data.google_project.p.number`. */
export interface Reference {
  /** `google_storage_bucket.b`, `var.x`, `data.google_project.p`. */
  readonly address: string;
  /** Names and indexes below it. */
  readonly path: readonly (string | number)[];
}

/** Says what a reference is; undefined if nothing of that name is declared. */
export type Resolve = (reference: Reference) => Value | undefined;

const NAME = '[A-Za-z_][\\w-]*';
const REFERENCE = `((?:data\\.)?[a-z]\\w*\\.${NAME})((?:\\.(?:${NAME}|\\d+|\\*)|\\[(?:\\d+|\\*|"[^"\\]]*")\\])*)`;
const WHOLE = new RegExp(`^\\s*${REFERENCE}\\s*$`);
const ANYWHERE = new RegExp(`(?<![\\w.\\-])${REFERENCE}`, 'g');
const STEP = new RegExp(`\\.(${NAME}|\\d+|\\*)|\\[(\\d+|\\*|"[^"\\]]*")\\]`, 'g');

/** What a declared value is, as far as references can be followed. */
export function evaluate(raw: unknown, resolve: Resolve): Value {
  if (typeof raw === 'string') return raw.includes('${') ? template(raw, resolve) : raw;
  if (Array.isArray(raw)) return raw.map((v) => evaluate(v, resolve));
  if (isRecord(raw)) return Object.fromEntries(Object.entries(raw).map(([k, v]) => [k, evaluate(v, resolve)]));
  return raw as Value;
}

/** Every address that a declared value refers to. */
export function referencesIn(raw: unknown, found: (address: string) => void): void {
  if (typeof raw === 'string') {
    if (!raw.includes('${')) return;
    for (const part of parts(raw))
      if (part.expression !== undefined) for (const match of part.expression.matchAll(ANYWHERE)) found(match[1]);
  } else if (Array.isArray(raw)) for (const v of raw) referencesIn(v, found);
  else if (isRecord(raw)) for (const k in raw) referencesIn(raw[k], found);
}

/** A reference written as such: `${a.b.c}`, or `a.b.c` in places that take nothing else. */
export function parseReference(text: string): Reference | undefined {
  const match = WHOLE.exec(text.replace(/^\$\{([^]*)\}$/, '$1'));
  return match ? reference(match) : undefined;
}

/** Replaces the addresses in the references of a string. */
export function renameIn(text: string, rename: (address: string) => string): string {
  if (!text.includes('${')) return text;
  return parts(text)
    .map((part) =>
      part.expression === undefined
        ? part.text
        : `\${${part.expression.replace(ANYWHERE, (_all, address: string, path: string) => rename(address) + path)}}`,
    )
    .join('');
}

function reference(match: RegExpMatchArray | readonly string[]): Reference {
  const path = [...(match[2] ?? '').matchAll(STEP)].map(([, name, index]) => {
    const step = name ?? index;
    return /^\d+$/.test(step) ? Number(step) : step.replace(/^"|"$/g, '');
  });
  return { address: match[1]!, path };
}

function template(raw: string, resolve: Resolve): Value {
  const pieces = parts(raw).map((part): Value =>
    part.expression === undefined ? unescape(part.text) : expression(part.expression, resolve),
  );
  if (pieces.length === 1) return pieces[0];
  if (pieces.every((p) => p === null || typeof p !== 'object')) return pieces.join('');
  const text = pieces.map((p) => (p instanceof Symbolic ? p.text : typeof p === 'object' ? JSON.stringify(p) : String(p))).join('');
  // Pieces are told apart, so that "a" + ref and "b" + ref differ.
  return derived(text, pieces.map(keyOf).join('+'), pieces, false);
}

function expression(source: string, resolve: Resolve): Value {
  const whole = WHOLE.exec(source);
  if (whole) {
    const value = resolve(reference(whole));
    return value === undefined ? new Symbolic(`\${${source}}`, source.trim()) : value;
  }
  const inputs: Value[] = [];
  const key = source.trim().replace(ANYWHERE, (...match) => {
    const value = resolve(reference(match as unknown as string[]));
    if (value === undefined) return match[0] as string;
    inputs.push(value);
    return keyOf(value);
  });
  return derived(`\${${source}}`, key, inputs, true);
}

function derived(text: string, key: string, inputs: readonly Value[], computed: boolean): Symbolic {
  const symbols = inputs.flatMap((v) => (v instanceof Symbolic ? [v] : []));
  const has = (c: Certainty): boolean => symbols.some((s) => s.certainty === c);
  return new Symbolic(text, key, {
    certainty: has('unknown') ? 'unknown' : has('maybe') ? 'maybe' : 'known',
    sensitive: symbols.some((s) => s.about.sensitive),
    computed: computed || symbols.some((s) => s.about.computed),
    causes: [...new Set(symbols.flatMap((s) => s.about.causes ?? []))],
  });
}

/** `$${` and `%%{` stand for themselves. */
function unescape(text: string): string {
  return text.replace(/\$\$\{/g, '${').replace(/%%\{/g, '%{');
}

/** Splits a template into text and expressions. */
function parts(raw: string): { readonly text: string; readonly expression?: string }[] {
  const found: { text: string; expression?: string }[] = [];
  let from = 0;
  for (let at = raw.indexOf('${'); at >= 0; at = raw.indexOf('${', at)) {
    if (raw[at - 1] === '$') {
      at += 2;
      continue;
    }
    const end = closing(raw, at + 2);
    if (end < 0) break;
    if (at > from) found.push({ text: raw.slice(from, at) });
    found.push({ text: raw.slice(at, end + 1), expression: raw.slice(at + 2, end) });
    from = at = end + 1;
  }
  if (from < raw.length || !found.length) found.push({ text: raw.slice(from) });
  return found;
}

/** Where the brace that is open at `from` closes; braces in quotes do not count. */
function closing(raw: string, from: number): number {
  let depth = 1;
  let quoted = false;
  for (let i = from; i < raw.length; i++) {
    const c = raw[i];
    if (c === '\\' && quoted) i++;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === '{') depth++;
    else if (!quoted && c === '}' && --depth === 0) return i;
  }
  return -1;
}
