// What a room offers, as the package's own jsii assembly lists it, and what the declarations of this folder have used of it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PACKAGE = 'mlops-constructs';
const assembly = JSON.parse(readFileSync(fileURLToPath(new URL('../../.jsii', import.meta.url)), 'utf8')).types;
const OTHERS = { azure: ['Aws', 'Gcp'], gcp: ['Aws', 'Azure'], aws: ['Azure', 'Gcp'] };

/** Watches what is made and called of a room; only what is called from outside the library counts. */
export class Recorder {
  /** `new ArtifactStore`, `ArtifactStore.onObjectCreated`, `ArtifactStoreProps.network`, `Capacity.SPOT`. */
  used = new Set();
  /** Each construct that was made: its class, the struct of its props, and which optional ones were set. */
  made = [];
  /** A prop to leave out everywhere: `ArtifactStoreProps.network`. */
  #without;
  #depth = 0;

  /** @param cloud `aws`, `azure` or `gcp` */
  constructor(cloud, without) {
    this.cloud = cloud;
    this.#without = without;
  }

  /** A room whose classes are watched. */
  watch(room) {
    return Object.fromEntries(
      Object.entries(room).map(([name, value]) => {
        const type = assembly[`${PACKAGE}.${this.cloud}.${name}`];
        return [name, type?.kind === 'class' ? this.#class(type, value) : value];
      }),
    );
  }

  #class(type, target) {
    const statics = new Map(methodsOf(type).flatMap((m) => (m.static ? [[m.name, m]] : [])));
    return new Proxy(target, {
      construct: (_, args) => {
        const props = structOf(type.initializer);
        if (props)
          this.made.push({ name: type.name, props: optionalOf(props).filter((p) => args.at(-1)?.[p] !== undefined), struct: props.name });
        return this.#called(`new ${type.name}`, type.initializer, args, type, (by) => new target(...by));
      },
      get: (of, name) => {
        const method = statics.get(name);
        if (!method) return of[name];
        return (...args) => this.#called(`${type.name}.${name}`, method, args, assembly[method.returns?.type.fqn], (by) => of[name](...by));
      },
    });
  }

  #called(what, { parameters = [] }, args, type, call) {
    let by = args;
    if (this.#depth === 0) {
      this.used.add(what);
      parameters.forEach((p, n) => this.#value(p.type, args[n]));
      if (this.#without) by = args.map((value, n) => without(parameters[n]?.type ?? {}, value, this.#without));
    }
    this.#depth += 1;
    try {
      const made = call(by);
      return type ? this.#instance(type, made) : made;
    } finally {
      this.#depth -= 1;
    }
  }

  /** Watches the methods of what was made, and of its permissions; in place, because constructs are known by identity. */
  #instance(type, made) {
    for (const method of methodsOf(type)) {
      const own = made[method.name];
      if (method.static || typeof own !== 'function') continue;
      const name = `${type.name.replace(/^I(?=[A-Z])/, '')}.${method.name}`;
      made[method.name] = (...args) => this.#called(name, method, args, undefined, (by) => own.apply(made, by));
    }
    for (const { name, type: of } of type.properties ?? []) {
      const part = assembly[of.fqn];
      if (part?.kind === 'class' && part.namespace === this.cloud && made[name]) this.#instance(part, made[name]);
    }
    return made;
  }

  #value(of, value) {
    if (value === undefined) return;
    if (of.collection) return Object.values(value).forEach((v) => this.#value(of.collection.elementtype, v));
    const type = assembly[of.fqn];
    if (type?.kind === 'enum') this.used.add(`${type.name}.${memberOf(type, value)}`);
    if (!type?.datatype) return;
    for (const p of propertiesOf(type)) {
      if (value[p.name] === undefined) continue;
      this.used.add(`${type.name}.${p.name}`);
      this.#value(p.type, value[p.name]);
    }
  }
}

/** All that a room offers: constructs, their methods, the properties of every struct and the members of every enum that these take. */
export function offered(cloud) {
  const found = new Set();
  const seen = new Set();
  const take = (of) => {
    if (of.collection) return take(of.collection.elementtype);
    const type = assembly[of.fqn];
    if (!type || seen.has(of.fqn) || OTHERS[cloud].some((other) => type.name.startsWith(other))) return;
    seen.add(of.fqn);
    if (type.kind === 'enum')
      for (const { name } of type.members) if (!isOther(cloud, name.toLowerCase())) found.add(`${type.name}.${name}`);
    if (!type.datatype) return;
    for (const p of propertiesOf(type)) {
      if (OTHERS[cloud].some((other) => p.type.fqn?.startsWith(`${PACKAGE}.${other}`)) || isOther(cloud, p.name)) continue;
      found.add(`${type.name}.${p.name}`);
      take(p.type);
    }
  };
  for (const type of classesOf(cloud)) {
    if (constructible(type)) found.add(`new ${type.name}`);
    if (constructible(type)) for (const p of type.initializer.parameters ?? []) take(p.type);
    for (const method of methodsOf(type)) {
      found.add(`${type.name}.${method.name}`);
      for (const p of method.parameters ?? []) take(p.type);
    }
  }
  return [...found].sort();
}

/** Those of them that are props which may be left out. */
export function optionalOnes(cloud) {
  const structs = new Map(
    Object.values(assembly).flatMap((t) => (t.datatype && [undefined, cloud].includes(t.namespace) ? [[t.name, t]] : [])),
  );
  return offered(cloud).filter((what) => {
    const [struct, prop] = what.split('.');
    return structs.has(struct) && optionalOf(structs.get(struct)).includes(prop);
  });
}

/** Names of the constructs that a room offers. */
export function constructsOf(cloud) {
  return classesOf(cloud)
    .filter(constructible)
    .map((type) => type.name);
}

const isOther = (cloud, name) => ['aws', 'azure', 'gcp'].includes(name) && name !== cloud;
const classesOf = (cloud) => Object.values(assembly).filter((type) => type.kind === 'class' && type.namespace === cloud);
const constructible = (type) => Boolean(type.initializer) && !type.abstract && type.base !== undefined;
/** Those that override what is another library's are called by that library. */
const methodsOf = (type) =>
  (type.methods ?? []).filter((m) => m.name !== undefined && !m.protected && (m.overrides ?? PACKAGE).startsWith(PACKAGE));
const structOf = (callable) => (callable?.parameters ?? []).map((p) => assembly[p.type.fqn]).find((t) => t?.datatype);
const optionalOf = (type) =>
  propertiesOf(type)
    .filter((p) => p.optional)
    .map((p) => p.name);

/** Those that a struct inherits from other libraries are theirs. */
function propertiesOf(type) {
  return [...(type.properties ?? []), ...(type.interfaces ?? []).flatMap((fqn) => (assembly[fqn] ? propertiesOf(assembly[fqn]) : []))];
}

/** TypeScript hands over the value of an enum's member, the assembly tells its name: `ON_DEMAND` is `on-demand`. */
function memberOf(type, value) {
  const plain = (text) => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return type.members.find(({ name }) => plain(name) === plain(String(value)))?.name ?? value;
}

/** A value without a prop of a struct, wherever in it that is. */
function without(of, value, prop) {
  if (value === undefined || value === null) return value;
  if (of.collection) {
    const { kind, elementtype } = of.collection;
    if (kind === 'array') return value.map((v) => without(elementtype, v, prop));
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, without(elementtype, v, prop)]));
  }
  const type = assembly[of.fqn];
  if (!type?.datatype) return value;
  const rest = { ...value };
  for (const p of propertiesOf(type)) {
    if (`${type.name}.${p.name}` === prop) delete rest[p.name];
    else if (p.name in rest) rest[p.name] = without(p.type, rest[p.name], prop);
  }
  return rest;
}
