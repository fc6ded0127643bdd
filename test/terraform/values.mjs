// Values as Terraform exchanges them: MessagePack, with an extension for what is known after the apply only.
import { decode, encode, ExtData } from '@msgpack/msgpack';

const UNKNOWN = new ExtData(0, new Uint8Array([0]));
/** Numbers that fit no other kind are text; everything else is as JSON has it. */
export const read = (value) => (value?.msgpack?.length ? decode(value.msgpack) : value?.json?.length ? JSON.parse(value.json) : null);
export const written = (value) => ({ msgpack: Buffer.from(encode(value)) });

const isUnknown = (value) => value instanceof ExtData;

/** What is planned: what was proposed; where nothing was, and the provider fills it in, something unknown. */
export function planned(block, proposed) {
  return fill(block, proposed, () => UNKNOWN);
}

/** What comes of a plan: something of the right type for all that was unknown, the same every time. */
export function applied(block, plan, name) {
  return fill(block, plan, (type, path) => example(type, `${name}.${path}`), isUnknown);
}

/** Fills a block's computed attributes where `empty` says that there is no value. */
function fill(block, value, make, empty = (v) => v === null || v === undefined, path = '') {
  if (value === null || value === undefined || isUnknown(value)) return isUnknown(value) && empty(value) ? null : value;
  const out = { ...value };
  for (const { name, type, computed } of block.attributes) {
    const at = path ? `${path}.${name}` : name;
    if (computed && empty(out[name])) out[name] = make(type, at);
    else out[name] = known(out[name] ?? null, type, at, make, empty);
  }
  for (const { name, nesting, block: inner } of block.blocks) {
    const at = path ? `${path}.${name}` : name;
    const given = out[name];
    if (nesting === 'single') out[name] = fill(inner, given ?? null, make, empty, at);
    else
      out[name] = isUnknown(given) ? (empty(given) ? [] : given) : (given ?? []).map((v, n) => fill(inner, v, make, empty, `${at}.${n}`));
  }
  return out;
}

/** An attribute that was given, perhaps with unknown parts: a reference to another resource. */
function known(value, type, path, make, empty) {
  if (isUnknown(value)) return empty(value) ? make(type, path) : value;
  if (Array.isArray(value)) return value.map((v, n) => known(v, elementOf(type), `${path}.${n}`, make, empty));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, known(v, elementOf(type, k), `${path}.${k}`, make, empty)]));
  return value;
}

function elementOf(type, key) {
  if (!Array.isArray(type)) return 'string';
  return type[0] === 'object' ? type[1][key] : type[1];
}

function example(type, path) {
  if (type === 'number') return 1;
  if (type === 'bool') return false;
  if (!Array.isArray(type)) return path;
  const [kind, inner] = type;
  if (kind === 'object') return Object.fromEntries(Object.entries(inner).map(([k, t]) => [k, example(t, `${path}.${k}`)]));
  if (kind === 'map') return {};
  // One element, because outputs look at the first of what a provider lists.
  return [example(inner, `${path}.0`)];
}
