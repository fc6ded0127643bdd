import { Body } from '../model';

/**
 * Templates as they read: `{ "Fn::GetAtt": ["Data", "Arn"] }` is `${Data.Arn}`, and what Fn::Join or Fn::Sub makes is one string,
 * as Fn::Sub writes it; a literal `${` is `${!`. Two ways to write the same value are then the same text.
 *
 * What a condition or a mapping says stands where it is used, so that a change to it shows as a change of those who use it.
 */
export function rendererOf(template: Body): (value: unknown) => unknown {
  const mappings = asBody(template.Mappings);

  function render(value: unknown): unknown {
    if (typeof value === 'string') {
      return value.includes('${') ? value.replaceAll('${', '${!') : value;
    }
    if (Array.isArray(value)) {
      return value.map(render).filter((v) => v !== NO_VALUE);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const keys = Object.keys(value);
    if (keys.length === 1 && (keys[0] === 'Ref' || keys[0].startsWith('Fn::'))) {
      return intrinsic(keys[0], (value as Body)[keys[0]]);
    }
    const out: { [key: string]: unknown } = {};
    for (const key of keys) {
      const rendered = render((value as Body)[key]);
      if (rendered !== NO_VALUE) {
        out[key] = rendered;
      }
    }
    return out;
  }

  function intrinsic(name: string, argument: unknown): unknown {
    const list = Array.isArray(argument) ? argument : [argument];
    switch (name) {
      case 'Ref':
        return `\${${argument}}`;
      case 'Fn::GetAtt':
        return list.every((l) => typeof l === 'string') ? `\${${list.join('.')}}` : { [name]: list.map(render) };
      case 'Fn::Sub':
        return substituted(list);
      case 'Fn::Join': {
        const parts = Array.isArray(list[1]) ? list[1].map(render) : undefined;
        return parts?.every((p) => typeof p !== 'object') ? parts.join(String(list[0])) : { [name]: [list[0], parts ?? render(list[1])] };
      }
      case 'Fn::Select':
        return Array.isArray(list[1]) && !isNaN(Number(list[0]))
          ? render(list[1][Number(list[0])])
          : { [name]: [list[0], render(list[1])] };
      case 'Fn::If':
        return { [name]: [render(conditionOf(template, String(list[0]))), render(list[1]), render(list[2])] };
      case 'Fn::FindInMap':
        return found(list.map(render));
      default:
        return { [name]: render(argument) };
    }
  }

  function substituted(list: unknown[]): unknown {
    const variables = Object.entries(asBody(list[1])).map(([key, v]): [string, unknown] => [key, render(v)]);
    if (variables.some(([, v]) => typeof v === 'object')) {
      return { 'Fn::Sub': [list[0], Object.fromEntries(variables)] };
    }
    const known = new Map(variables);
    return String(list[0]).replace(/\$\{(\w+)\}/g, (written, key: string) => (known.has(key) ? String(known.get(key)) : written));
  }

  function found(keys: unknown[]): unknown {
    const table = asBody(mappings[String(keys[0])]);
    const row = table[String(keys[1])];
    const value = asBody(row)[String(keys[2])];
    // A key that only the deployment knows, such as the region, leaves the whole table in question.
    return value !== undefined ? value : { 'Fn::FindInMap': [...keys, table] };
  }

  return render;
}

/** What a condition of the template says, those that it is made of included; its name where the template does not say. */
export function conditionOf(template: Body, name: string, inside: readonly string[] = []): unknown {
  const conditions = asBody(template.Conditions);
  const expand = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(expand);
    }
    const entries = Object.entries(asBody(value));
    if (entries.length === 1 && entries[0][0] === 'Condition' && typeof entries[0][1] === 'string' && !inside.includes(entries[0][1])) {
      return conditionOf(template, entries[0][1], [...inside, name]);
    }
    return entries.length > 0 ? Object.fromEntries(entries.map(([key, v]) => [key, expand(v)])) : value;
  };
  return conditions[name] === undefined ? name : { [name]: expand(conditions[name]) };
}

const NO_VALUE = '${AWS::NoValue}';

export function asBody(value: unknown): Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};
}

/** The value at the path, if there is one. */
export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (v, step) => (typeof v === 'object' && v !== null ? (v as { [k: string | number]: unknown })[step] : undefined),
    value,
  );
}

/** Whether the value is decided at deployment, so that its inside is not a property. */
export function isIntrinsic(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0].startsWith('Fn::');
}

const REFERENCE = /\$\{([A-Za-z0-9]+)((?:\.[^}]*)?)\}/g;

type Path = readonly (string | number)[];

/** Logical ids (and names of parameters) that a rendered value refers to, each with the path to the property that does, and `.Attribute`. */
export function referencesIn(
  value: unknown,
  visit: (id: string, path: Path, value: string, attribute: string) => void,
  path: Path = [],
  inside = false,
): void {
  if (typeof value === 'string') {
    if (value.includes('${')) {
      for (const match of value.matchAll(REFERENCE)) {
        visit(match[1], path, value, match[2]);
      }
    }
  } else if (typeof value === 'object' && value !== null) {
    // The arguments of a function are no properties.
    const within = inside || (!Array.isArray(value) && isIntrinsic(value));
    for (const [key, v] of Object.entries(value)) {
      referencesIn(v, visit, within ? path : [...path, Array.isArray(value) ? Number(key) : key], within);
    }
  }
}

/** The value with every reference passed through `rename`, which gets the logical id. */
export function mapReferences(value: unknown, rename: (id: string) => string): unknown {
  if (typeof value === 'string') {
    return value.includes('${') ? value.replace(REFERENCE, (_, id, attribute) => `\${${rename(id)}${attribute}}`) : value;
  }
  if (Array.isArray(value)) {
    return value.map((v) => mapReferences(v, rename));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, mapReferences(v, rename)]));
  }
  return value;
}
