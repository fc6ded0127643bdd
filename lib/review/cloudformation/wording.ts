import { Body, Change } from '../model';
import { Step } from './spec';
import { at } from './values';

const HASH = /[0-9a-f]{64}/g;

/** What the CDK names by its content is named as that: a hash tells a reviewer nothing. */
export function namingCode(before: unknown, after: unknown): { before?: unknown; after?: unknown } {
  if (typeof before !== 'string' || typeof after !== 'string' || before.replace(HASH, '') !== after.replace(HASH, '')) {
    return { before, after };
  }
  const [was, is] = [before, after].map((text) => (text.match(HASH) ?? []).map((hash) => hash.slice(0, 8)).join());
  return { before: `code ${was}`, after: `new version of the code, ${is}` };
}

const SECRET = /(password|secret|secret_?string|secret_?key|(?<!service_?|next_?|client_?)token|api_?key|private_?key|credentials?)$/i;

/** Whether a difference shows a secret that stands in the template. */
export function isSensitive(path: readonly Step[], values: { before?: unknown; after?: unknown }, bodies: readonly Body[]): boolean {
  const last = path.at(-1);
  const names = last === 'Value' ? bodies.map((body) => at(body, [...path.slice(0, -1), 'Name'])) : [last];
  return names.some((name) => SECRET.test(String(name))) && [values.before, values.after].some(isLiteral);
}

// A reference, an ARN or a dynamic reference only says where the secret is.
function isLiteral(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('${') && !value.includes('{{resolve:') && !value.startsWith('arn:');
}

export const HIDDEN = '(sensitive)';

/** The change without the secrets that are declared in its resource. */
export function withoutSecrets(change: Change): Change {
  const { before, after } = change;
  return { ...change, ...(before && { before: hide(before) as Body }), ...(after && { after: hide(after) as Body }) };
}

function hide(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(hide);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const named = (value as Body).Name;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => {
      const name = key === 'Value' && typeof named === 'string' ? named : key;
      return [key, SECRET.test(name) && isLiteral(v) ? HIDDEN : hide(v)];
    }),
  );
}
