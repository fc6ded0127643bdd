// Schemas of a provider, read from the JavaScript of its npm bindings: they follow the installed version by themselves.
// A binding says by its members whether an attribute can be set and be left out; of what type it is, by how it is read; and what is a
// block, by how it is written.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { schemaOf as azuredevops } from './azuredevops.mjs';

const require = createRequire(import.meta.url);

/** How a binding reads an attribute, and the type that this says. */
const READ_AS = [
  [/Fn\.tolist\(this\.getListAttribute\(/, ['set', 'string']],
  [/Fn\.tolist\(this\.getNumberListAttribute\(/, ['set', 'number']],
  [/getStringMapAttribute\(/, ['map', 'string']],
  [/getNumberMapAttribute\(/, ['map', 'number']],
  [/getBooleanMapAttribute\(/, ['map', 'bool']],
  [/getListAttribute\(/, ['list', 'string']],
  [/getNumberListAttribute\(/, ['list', 'number']],
  [/getStringAttribute\(/, 'string'],
  [/getNumberAttribute\(/, 'number'],
  [/getBooleanAttribute\(/, 'bool'],
  [/interpolationForAttribute\(/, ['list', ['map', 'string']]],
];
/** How a binding writes an attribute that it never reads: those of the provider's own block. */
const WRITTEN_AS = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  stringList: ['list', 'string'],
  numberList: ['list', 'number'],
  stringMap: ['map', 'string'],
  stringListList: ['list', ['list', 'string']],
  stringListMap: ['map', ['list', 'string']],
};

/**
 * The schema of one resource, data source or of the provider itself: attributes with their types, blocks within blocks.
 *
 * @param provider `google`, `azurerm` or `azuredevops`
 * @param kind `resource`, `data` or `provider`
 * @param type such as `google_storage_bucket`
 * @returns nothing if the bindings have no such type
 */
export function schemaOf(provider, kind, type) {
  const name = `${kind} ${type ?? provider}`;
  if (!read.has(name)) read.set(name, provider === 'azuredevops' ? azuredevops(kind, type) : boundSchema(provider, kind, type));
  return read.get(name);
}

/** What was read already: reading takes longer than serving. */
const read = new Map();

function boundSchema(provider, kind, type) {
  const file = fileOf(provider, kind, type);
  if (!existsSync(file)) return undefined;
  const text = textOf(dirname(file));
  const classes = classesOf(text);
  const main = [...classes.values()].find((c) => /^Terraform(Resource|DataSource|Provider)$/.test(c.base));
  return kind === 'provider' ? writtenBlock(main.text, functionsOf(text)) : blockOf(main, classes);
}

/** A large type is divided over several files. */
function textOf(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js'));
  return files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}

/** The version that the bindings stand for. */
export function versionOf(provider) {
  const text = readFileSync(fileOf(provider, 'provider'), 'utf8');
  return /providerVersion: '([^']+)'/.exec(text)[1];
}

function fileOf(provider, kind, type) {
  const name = type?.slice(provider.length + 1).replace(/_/g, '-');
  const folder = { provider: 'provider', data: `data-${provider}-${name}`, resource: name }[kind];
  return join(dirname(require.resolve(`@cdktf/provider-${provider}/package.json`)), 'lib', folder, 'index.js');
}

function classesOf(text) {
  const parts = text.split(/^class (\w+) extends cdktf\.(\w+) \{$/m);
  const classes = new Map();
  for (let i = 1; i < parts.length; i += 3) classes.set(parts[i], { name: parts[i], base: parts[i + 1], text: parts[i + 2] });
  // Which fields a struct writes as blocks stands beside its class, in a function.
  for (const [name, body] of functionsOf(text)) {
    const of = classes.get(`${upper(name)}OutputReference`);
    if (of) of.written = body;
  }
  return classes;
}

function functionsOf(text) {
  return new Map([...text.matchAll(/^function (\w+)ToHclTerraform\(struct\) \{$([\s\S]*?)^\}$/gm)].map(([, name, body]) => [name, body]));
}

/** The provider's own block is never read, so that there is only how it is written; nothing in it is known to be required. */
function writtenBlock(text, functions) {
  const attributes = [];
  const blocks = [];
  const flags = { required: false, optional: true, computed: false };
  const own = /synthesizeHclAttributes\(\) \{([\s\S]*)/.exec(text)?.[1] ?? text;
  for (const [name, { isBlock, type, by }] of writtenBy(own)) {
    const inner = isBlock && functions.get(by);
    if (inner) blocks.push({ name, ...flags, nesting: 'list', single: false, block: writtenBlock(inner, functions) });
    else attributes.push({ name, ...flags, type: WRITTEN_AS[type] ?? 'string' });
  }
  return { attributes, blocks };
}

function blockOf(of, classes, inSet = false) {
  const { text } = of;
  const has = (member) => text.includes(`\n    ${member}(`);
  const written = writtenBy(of.written ?? /synthesizeHclAttributes\(\) \{([\s\S]*)/.exec(text)?.[1] ?? '');
  const attributes = [];
  const blocks = [];
  for (const [, member, body] of text.matchAll(/^ {4}get (\w+)\(\) \{\n([\s\S]*?)^ {4}\}$/gm)) {
    const readable = READ_AS.find(([pattern]) => pattern.test(body));
    const kept = /return this\._(\w+);/.exec(body)?.[1] ?? member;
    const field = new RegExp(`this\\._${kept} = new (?:\\w+\\.)?(\\w+)\\(this, "(\\w+)"(?:, (true|false))?\\)`).exec(text);
    const name = field?.[2] ?? /Attribute\('(\w+)'\)/.exec(body)?.[1];
    if (!name || (!readable && !field)) continue;
    const write = written.get(name);
    const reset = has(`reset${upper(member)}`);
    const settable = has(`put${upper(member)}`) || text.includes(`\n    set ${member}(`);
    // Which optional attributes a provider fills in, its bindings do not tell: all may be. Not in a set, whose elements would be other ones.
    const flags = { required: settable && !reset, optional: settable && reset, computed: !settable || (reset && !inSet) };
    const inner = field && classes.get(field[1]);
    if (!inner) {
      const type = field ? ['map', 'string'] : (readable?.[1] ?? 'string');
      attributes.push({ name, ...flags, type });
      continue;
    }
    const single = !/^Complex(List|Map)$/.test(inner.base);
    const nesting = field[3] === 'true' ? 'set' : 'list';
    const element = single ? inner : classes.get(inner.name.replace(/(List|Map)$/, 'OutputReference'));
    const block = blockOf(element, classes, inSet || nesting === 'set');
    if (write?.isBlock) blocks.push({ name, ...flags, nesting: write.nesting === 'struct' ? 'single' : nesting, single, block });
    else attributes.push({ name, ...flags, type: [nesting, objectOf(block)] });
  }
  return { attributes, blocks };
}

/** How each field is written: as a block or not, of what type, by which function. */
function writtenBy(text) {
  const fields =
    /^ +(\w+): \{\n +value: (?:cdktf\.\w+\()?(\w*?)(?:ToHclTerraform\b.*|\W.*|)\n +isBlock: (true|false),\n +type: "(\w+)",\n +storageClassType: "(\w+)"/gm;
  return new Map(
    [...text.matchAll(fields)].map(([, name, by, isBlock, nesting, type]) => [name, { by, isBlock: isBlock === 'true', nesting, type }]),
  );
}

/** A block as the type of an attribute, where the provider computes it as a whole. */
function objectOf({ attributes, blocks }) {
  return [
    'object',
    Object.fromEntries([
      ...attributes.map((a) => [a.name, a.type]),
      ...blocks.map((b) => [b.name, [b.nesting === 'set' ? 'set' : 'list', objectOf(b.block)]]),
    ]),
  ];
}

function upper(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
