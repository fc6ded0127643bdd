// JavaScript as text: literals in which some strings and values are expressions.

/** An expression in the place of a value. */
export class Code {
  constructor(text) {
    this.text = text;
  }
}

/** A literal of plain data and `Code`. */
export function literal(value) {
  if (value instanceof Code) return value.text;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{ ${Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .map(([k, v]) => `${/^[A-Za-z_$][\w$]*$/.test(k) ? k : JSON.stringify(k)}: ${literal(v)}`)
      .join(', ')} }`;
  return JSON.stringify(value);
}

/** A string of constant parts and expressions: a constant, one expression, or a template. */
export function text(parts) {
  const solid = parts.filter((p) => p !== '');
  if (solid.every((p) => typeof p === 'string')) return new Code(JSON.stringify(solid.join('')));
  if (solid.length === 1) return solid[0];
  const escaped = (s) => JSON.stringify(s).slice(1, -1).replace(/\\"/g, '"').replace(/`/g, '\\`').replace(/\$\{/g, '\\${');
  return new Code(`\`${solid.map((p) => (typeof p === 'string' ? escaped(p) : `\${${p.text}}`)).join('')}\``);
}

/** Names in an order in which each comes after what it needs. */
export function inOrder(names, needs) {
  const done = new Set();
  const visit = (name) => {
    if (done.has(name)) return;
    done.add(name);
    for (const other of needs(name)) if (names.includes(other)) visit(other);
    ordered.push(name);
  };
  const ordered = [];
  names.forEach(visit);
  return ordered;
}

export const camel = (name) => name.replace(/_+([a-z0-9])/g, (_, c) => c.toUpperCase());

/** A statement for each package that is needed, in the order of first use. */
export class Imports {
  #names = new Map();

  of(path) {
    if (!this.#names.has(path)) this.#names.set(path, `lib${this.#names.size}`);
    return this.#names.get(path);
  }

  toString() {
    return [...this.#names].map(([path, name]) => `const ${name} = require(${JSON.stringify(path)});\n`).join('');
  }

  /** The same in TypeScript, typed. */
  typed() {
    return [...this.#names].map(([path, name]) => `import * as ${name} from ${JSON.stringify(path)};\n`).join('');
  }
}
