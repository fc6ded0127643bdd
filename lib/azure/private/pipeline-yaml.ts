/** What a YAML document is made of. */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml | undefined };

/**
 * Writes YAML as people would: scripts as blocks, words without quotes. Keys without a value are left out.
 * A small writer, because rooms of this library load nothing but their cloud's own library.
 */
export function toYaml(document: { readonly [key: string]: Yaml | undefined }): string {
  return entries(document)
    .map(([key, value]) => mapping([[key, value]], 0))
    .join('\n\n')
    .concat('\n');
}

function entries(map: { readonly [key: string]: Yaml | undefined }): [string, Yaml][] {
  return Object.entries(map).filter((e): e is [string, Yaml] => e[1] !== undefined);
}

function mapping(pairs: [string, Yaml][], depth: number): string {
  return pairs.map(([key, value]) => `${pad(depth)}${scalar(key)}:${below(value, depth)}`).join('\n');
}

function below(value: Yaml, depth: number): string {
  if (typeof value === 'string' && value.includes('\n')) return ` |\n${block(value, depth + 1)}`;
  if (typeof value !== 'object') return ` ${scalar(value)}`;
  if (Array.isArray(value)) return value.length ? `\n${list(value, depth + 1)}` : ' []';
  const pairs = entries(value as { readonly [key: string]: Yaml | undefined });
  return pairs.length ? `\n${mapping(pairs, depth + 1)}` : ' {}';
}

function list(items: readonly Yaml[], depth: number): string {
  return items
    .map((item) => {
      if (typeof item !== 'object' || Array.isArray(item)) return `${pad(depth)}-${below(item, depth)}`;
      const text = mapping(entries(item as { readonly [key: string]: Yaml | undefined }), depth + 1);
      return `${pad(depth)}- ${text.slice(pad(depth + 1).length)}`;
    })
    .join('\n');
}

function block(text: string, depth: number): string {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line ? pad(depth) + line : ''))
    .join('\n');
}

const WORDS = /^(true|false|yes|no|on|off|null|~)$/i;
const PLAIN = /^[A-Za-z$(/.][\w $()./@=+-]*$/;
const EXPRESSION = /^\$\{\{ [^:#"]* \}\}$/;

function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const plain = (PLAIN.test(value) && !value.endsWith(' ') && !WORDS.test(value)) || EXPRESSION.test(value);
  return plain ? value : JSON.stringify(value);
}

function pad(depth: number): string {
  return '  '.repeat(depth);
}
