// The program that somebody would write by hand for a stack of Terraform: the typed classes of cdktf's providers by their deep paths,
// referring to each other. The provider's bindings say how each class takes its fields.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { schemaOf } from '../../test/terraform/schema.mjs';
import { require } from '../measure.mjs';
import { camel, Code, Imports, inOrder, literal, text } from './code.mjs';

const META = { depends_on: 'dependsOn', lifecycle: 'lifecycle', provisioner: 'provisioners', connection: 'connection', count: 'count' };
const LOCAL = { input: 'any', triggers_replace: 'any' };

/**
 * @param file the cdk.tf.json of a synthesized stack
 * @param stackName its name
 * @param untyped what the classes cannot say: fields by address, which the program then sets by `addOverride`
 * @returns a program that takes the folder to write into
 */
export function writtenTerraform(file, stackName, untyped = {}) {
  const stack = JSON.parse(readFileSync(file, 'utf8'));
  const imports = new Imports();
  const cdktf = imports.of('cdktf');
  const body = [];
  const addresses = new Map();
  for (const [kind, prefix] of [
    ['data', 'data.'],
    ['resource', ''],
  ])
    for (const [type, blocks] of Object.entries(stack[kind] ?? {}))
      for (const [name, fields] of Object.entries(blocks)) addresses.set(`${prefix}${type}.${name}`, { kind, type, name, fields });
  const variables = Object.keys(stack.variable ?? {});
  const classes = new Map([...addresses].map(([address, { kind, type }]) => [address, classOf(kind, type)]));
  const variable = (address) => `r_${address.replace(/\W/g, '_')}`;

  /** A string with its references to attributes as expressions; what else is interpolated stays text. */
  const parts = (value) =>
    value.split(/(\$\{(?:(?:data\.)?\w+\.[\w-]+\.\w+|var\.[\w-]+)\})/).map((part) => {
      const [, address, attribute] = /^\$\{((?:data\.)?\w+\.[\w-]+)\.(\w+)\}$/.exec(part) ?? [];
      const known = classes.get(address);
      if (known && readsString(known.of, camel(attribute))) return new Code(`${variable(address)}.${camel(attribute)}`);
      const own = /^\$\{var\.([\w-]+)\}$/.exec(part)?.[1];
      return variables.includes(own) ? new Code(`v_${own.replace(/\W/g, '_')}.stringValue`) : part;
    });
  const plain = (value) => {
    if (typeof value === 'string') return text(parts(value));
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  };
  const typed = (value, type) => {
    if (!Array.isArray(type)) return plain(value);
    const [collection, of] = type;
    if (collection === 'map') return plain(value);
    if (collection === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [camel(k), typed(v, of[k] ?? 'string')]));
    return [value].flat().map((v) => typed(v, of));
  };
  const block = (fields, schema) => {
    const entries = Object.entries(fields).map(([key, value]) => {
      const attribute = schema.attributes.find((a) => a.name === key);
      if (attribute) return [camel(key), typed(value, attribute.type)];
      const inner = schema.blocks.find((b) => b.name === key);
      if (!inner) return [camel(key), plain(value)];
      const all = [value].flat().map((v) => block(v, inner.block));
      return [camel(key), inner.single ? all[0] : all];
    });
    return Object.fromEntries(entries);
  };
  const camelKeys = (value) =>
    Array.isArray(value)
      ? value.map(camelKeys)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([k, v]) => [camel(k), k === 'environment' ? plain(v) : camelKeys(v)]))
        : plain(value);
  const meta = (key, value) => {
    if (key === 'depends_on') return value.map((address) => new Code(variable(address)));
    if (key === 'provisioner') return value.map((p) => ({ type: Object.keys(p)[0], ...camelKeys(Object.values(p)[0]) }));
    return camelKeys(value);
  };

  for (const [type, blocks] of Object.entries(stack.provider ?? {}))
    for (const fields of blocks) {
      const { '//': _, ...own } = fields;
      const module = imports.of(`@cdktf/provider-${type}/lib/provider`);
      const overrides = Object.keys(own).filter((key) => (untyped[`provider.${type}`] ?? []).includes(key));
      const kept = Object.fromEntries(Object.entries(own).filter(([key]) => !overrides.includes(key)));
      const name = Object.keys(require(`@cdktf/provider-${type}/lib/provider`)).find((n) => n.endsWith('Provider'));
      const config = block(kept, schemaOf(type, 'provider'));
      body.push(`const p_${type} = new ${module}.${name}(stack, '${type}', ${literal(config)});`);
      for (const key of overrides) body.push(`p_${type}.addOverride('${key}', ${literal(plain(own[key]))});`);
    }
  const { backend, required_providers: _providers, ...ownSettings } = stack.terraform;
  const [[kind, config]] = Object.entries(backend);
  body.push(
    `new ${cdktf}.${{ local: 'LocalBackend', gcs: 'GcsBackend', azurerm: 'AzurermBackend' }[kind]}(stack, ${literal(camelKeys(config))});`,
  );
  for (const [key, value] of Object.entries(ownSettings)) body.push(`stack.addOverride('terraform.${key}', ${literal(value)});`);
  for (const [name, config] of Object.entries(stack.variable ?? {}))
    body.push(
      `const v_${name.replace(/\W/g, '_')} = new ${cdktf}.TerraformVariable(stack, '${name}', ${literal(camelKeys(withoutNote(config)))});`,
    );
  for (const [name, source] of assetsOf(file)) {
    const [id, hash] = name.split('/');
    const type = source.isFile ? 'FILE' : 'DIRECTORY';
    body.push(
      `new ${cdktf}.TerraformAsset(stack, '${id}', { path: ${JSON.stringify(source.path)}, type: ${cdktf}.AssetType.${type}, assetHash: '${hash}' });`,
    );
  }
  const needs = (address) => references(addresses.get(address).fields, [...addresses.keys()]);
  for (const address of inOrder([...addresses.keys()], needs)) {
    const { kind, type, name, fields } = addresses.get(address);
    const { path, name: className, provider } = classes.get(address);
    const schema = provider
      ? schemaOf(provider, kind, type)
      : { attributes: Object.keys(LOCAL).map((n) => ({ name: n, type: 'any' })), blocks: [] };
    const overrides = [];
    const config = {};
    for (const [key, value] of Object.entries(fields)) {
      if (key === '//') continue;
      if ((untyped[address] ?? []).includes(key)) overrides.push([key, value]);
      else if (META[key] && !schema.attributes.some((a) => a.name === key)) config[META[key]] = meta(key, value);
      else Object.assign(config, block({ [key]: value }, schema));
    }
    body.push(`const ${variable(address)} = new ${imports.of(path)}.${className}(stack, ${literal(name)}, ${literal(config)});`);
    for (const [key, value] of overrides) body.push(`${variable(address)}.addOverride('${key}', ${literal(plain(value))});`);
  }
  for (const [name, config] of Object.entries(stack.output ?? {}))
    body.push(`new ${cdktf}.TerraformOutput(stack, ${literal(name)}, ${literal(camelKeys(withoutNote(config)))});`);
  return `${imports}
const app = new ${cdktf}.App({ outdir: process.argv[2], stackTraces: false });
const stack = new ${cdktf}.TerraformStack(app, ${literal(stackName)});
${body.join('\n')}
app.synth();
`;
}

/** Without the notes of cdktf, which name the constructs. */
export function withoutNote(value) {
  if (Array.isArray(value)) return value.map(withoutNote);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '//')
      .map(([key, inner]) => [key, withoutNote(inner)]),
  );
}

/** By address, the fields in which two stacks differ. */
export function differences(wanted, got) {
  const found = {};
  const compare = (address, a = {}, b = {}) => {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      if (!isDeepStrictEqual(a[key], b[key])) (found[address] ??= []).push(key);
  };
  for (const [kind, prefix] of [
    ['resource', ''],
    ['data', 'data.'],
  ])
    for (const type of new Set([...Object.keys(wanted[kind] ?? {}), ...Object.keys(got[kind] ?? {})]))
      for (const name of new Set([...Object.keys(wanted[kind]?.[type] ?? {}), ...Object.keys(got[kind]?.[type] ?? {})]))
        compare(`${prefix}${type}.${name}`, wanted[kind]?.[type]?.[name], got[kind]?.[type]?.[name]);
  for (const type of Object.keys(wanted.provider)) compare(`provider.${type}`, wanted.provider[type][0], got.provider?.[type]?.[0]);
  for (const part of ['terraform', 'output', 'variable']) compare(part, wanted[part], got[part]);
  return found;
}

function classOf(kind, type) {
  if (type === 'terraform_data') return { path: 'cdktf', name: 'DataResource', of: require('cdktf').DataResource };
  const [provider] = type.split('_');
  const rest = type.slice(provider.length + 1).replace(/_/g, '-');
  const path = `@cdktf/provider-${provider}/lib/${kind === 'data' ? `data-${provider}-` : ''}${rest}`;
  const [name, of] = Object.entries(require(path)).find(([, c]) => c.tfResourceType === type);
  return { path, name, of, provider };
}

function readsString(of, property) {
  const getter = Object.getOwnPropertyDescriptor(of.prototype, property)?.get;
  if (getter) return getter.toString().includes('getStringAttribute(');
  return property === 'id' && of.prototype.constructor.name === 'DataResource';
}

function references(value, known) {
  const json = JSON.stringify(value);
  const found = json.match(/(?:data\.)?\w+\.[A-Za-z_][\w-]*/g) ?? [];
  const all = new Set(known);
  return [...new Set(found)].filter((address) => all.has(address));
}

function assetsOf(file) {
  const folder = join(dirname(file), 'assets');
  const stack = readFileSync(file, 'utf8');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((id) =>
    readdirSync(join(folder, id)).map((hash) => {
      const path = join(folder, id, hash);
      const [only] = readdirSync(path);
      const isFile = stack.includes(`assets/${id}/${hash}/${only}`);
      return [`${id}/${hash}`, { path: isFile ? join(path, only) : path, isFile }];
    }),
  );
}
