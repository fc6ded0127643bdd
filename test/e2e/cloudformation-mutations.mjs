// Every change of one thing that a template can be given: for test/e2e/review-cloudformation.mjs.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const library = createRequire(require.resolve('@aws-cdk/cloudformation-diff'));
export const spec = library('@aws-cdk/aws-service-spec').loadAwsServiceSpecSync();
// Deeper objects are declared empty.
const DEPTH = 3;

/** A value changed, removed, declared or put under a condition, a list reversed or extended, what stands beside the properties, a resource. */
export function mutationsOf(template) {
  return Object.entries(template.Resources).flatMap(([id, resource]) => {
    const found = [];
    const add = (kind, path, apply) => found.push({ id, type: resource.Type, kind, path, apply });
    visit(resource.Properties ?? {}, [], typesOf(resource.Type), add);
    for (const policy of ['DeletionPolicy', 'UpdateReplacePolicy'])
      add(policy, [], (r) => (r[policy] = r[policy] === 'Retain' ? 'Delete' : 'Retain'));
    add('Metadata', [], (r) => (r.Metadata = { Note: 'another' }));
    add('DependsOn', [], (r) => (r.DependsOn = ['Another']));
    add('Condition', [], (r) => (r.Condition = 'Another'));
    add('Type', [], (r) => (r.Type = r.Type === 'AWS::SNS::Topic' ? 'AWS::SQS::Queue' : 'AWS::SNS::Topic'));
    for (const kind of ['delete', 'add', 'rename']) add(kind, []);
    return found;
  });
}

function visit(value, path, types, add) {
  const put = (change) => (r) => {
    const parent = path.slice(0, -1).reduce((o, step) => o[step], r.Properties);
    change(parent, path.at(-1));
  };
  if (path.length > 0) {
    // Without the whole document of a policy cdk diff breaks: "Cannot read properties of undefined (reading 'Statement')".
    if (path.at(-1) !== 'PolicyDocument') {
      const remove = (parent, key) => (Array.isArray(parent) ? parent.splice(key, 1) : delete parent[key]);
      add('remove', path, put(remove));
    }
    const decided = (parent, key) => (parent[key] = { 'Fn::If': ['Another', parent[key], changed(parent[key])] });
    add('decide', path, put(decided));
  }
  if (typeof value !== 'object' || value === null || isIntrinsic(value)) {
    const change = (parent, key) => (parent[key] = changed(value));
    add('change', path, put(change));
    return;
  }
  if (Array.isArray(value)) {
    const reorder = (parent, key) => parent[key].reverse();
    if (value.length > 1) add('reorder', path, put(reorder));
    const extend = (parent, key) => parent[key].push(changed(value.at(-1)));
    if (value.length > 0) add('extend', path, put(extend));
    const elements = types.flatMap((t) => (t.type === 'array' ? alternatives(t.element) : []));
    value.forEach((v, n) => visit(v, [...path, n], elements, add));
    return;
  }
  const properties = Object.assign({}, ...types.map(propertiesOf));
  for (const [key, v] of Object.entries(value)) {
    const inside = properties[key]
      ? alternatives(properties[key].type)
      : types.flatMap((t) => (t.type === 'map' ? alternatives(t.element) : []));
    visit(v, [...path, key], inside, add);
  }
  for (const [key, property] of Object.entries(properties).filter(([k]) => !(k in value))) {
    const declare = (r) => ([...path].reduce((o, step) => o[step], r.Properties)[key] = example(property.type));
    add('declare', [...path, key], declare);
  }
}

function isIntrinsic(value) {
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === 'Ref' || keys[0].startsWith('Fn::'));
}

function changed(value) {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return /^\d+$/.test(value) ? String(Number(value) + 1) : `${value}x`;
  if (Array.isArray(value)) return value.map(changed);
  if (value === null || isIntrinsic(value)) return 'another';
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, changed(v)]));
}

function typesOf(type) {
  const [resource] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
  return resource ? [{ type: 'object', properties: resource.properties }] : [];
}

function alternatives(type) {
  return type.type === 'union' ? type.types.flatMap(alternatives) : [type];
}

function propertiesOf(type) {
  return type.type === 'ref' ? spec.get('typeDefinition', type.reference.$ref).properties : (type.properties ?? {});
}

/** A value of the type, with everything in it that may be declared. */
export function example(type, depth = 0) {
  switch (type.type) {
    case 'union':
      return example(type.types[0], depth);
    case 'array':
      return [example(type.element, depth)];
    case 'map':
      return { key: example(type.element, depth) };
    case 'tag':
      return { Key: 'key', Value: 'value' };
    case 'ref':
      return depth < DEPTH ? Object.fromEntries(Object.entries(propertiesOf(type)).map(([k, p]) => [k, example(p.type, depth + 1)])) : {};
    case 'json':
      return {};
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return 1;
    default:
      return 'declared';
  }
}
