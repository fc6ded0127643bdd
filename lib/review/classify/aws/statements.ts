import { Body } from '../../model';
import { listOf, plain, recordOf } from './body';

/** What one statement of a policy says, each part as a list. */
export interface Statement {
  readonly allows: boolean;
  /** `AWS:*`, `Service:lambda.amazonaws.com`; `self` in a policy of an identity. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Canonical text; empty without a condition. */
  readonly condition: string;
  /** NotAction, NotResource or NotPrincipal: everything but what is listed. */
  readonly inverted: readonly string[];
}

export function statementsOf(document: unknown): Statement[] {
  if (document === undefined) {
    return [];
  }
  const { Statement: statements } = recordOf(parsed(document));
  return statements === undefined ? [opaque(document)] : listOf(statements).map(statementOf);
}

function statementOf(raw: unknown): Statement {
  const s = recordOf(raw);
  if (s.Action === undefined && s.NotAction === undefined) {
    return opaque(raw);
  }
  return {
    allows: s.Effect !== 'Deny',
    principals: principalsOf(s.Principal ?? s.NotPrincipal),
    actions: texts(s.Action ?? s.NotAction),
    resources: s.Resource === undefined && s.NotResource === undefined ? ['self'] : texts(s.Resource ?? s.NotResource),
    condition: Object.keys(recordOf(s.Condition)).length > 0 ? canonical(s.Condition) : '',
    inverted: ['NotAction', 'NotResource', 'NotPrincipal'].filter((n) => s[n] !== undefined),
  };
}

// What only the deployment knows is taken for something that is allowed.
function opaque(raw: unknown): Statement {
  const text = plain(raw);
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  return {
    allows: true,
    principals: ['whoever it names'],
    actions: [`what only the deployment knows (${shown})`],
    resources: ['self'],
    condition: '',
    inverted: [],
  };
}

// ECR, Batch and others take a policy as text as well.
function parsed(document: unknown): unknown {
  if (typeof document !== 'string') {
    return document;
  }
  try {
    return JSON.parse(document);
  } catch {
    return undefined;
  }
}

function texts(value: unknown): string[] {
  return listOf(value).map((v) => (typeof v === 'string' ? v : JSON.stringify(v)));
}

function principalsOf(principal: unknown): string[] {
  if (principal === undefined) {
    return ['self'];
  }
  if (typeof principal === 'string') {
    return [principal === '*' ? 'AWS:*' : principal];
  }
  return Object.entries(recordOf(principal)).flatMap(([kind, who]) => texts(who).map((w) => `${kind}:${w}`));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length === 1 ? canonical(value[0]) : `[${value.map(canonical).sort().join()}]`;
  }
  return typeof value === 'object' && value !== null
    ? `{${Object.entries(value as Body)
        .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
        .sort()
        .join()}}`
    : JSON.stringify(String(value));
}

/** What is possible and was not. */
export interface Permission {
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: string;
  readonly inverted: readonly string[];
}

// Past this the parts are named whole, instead of each combination being looked up.
const MOST_COMBINATIONS = 20_000;

/** Of the statements after, what those before did not allow; and of what was denied, what is no longer. */
export function newlyPossible(
  before: readonly Statement[],
  after: readonly Statement[],
): { allowed: Permission[]; undenied: Permission[] } {
  const of = (all: readonly Statement[], allows: boolean): Statement[] => all.filter((s) => s.allows === allows);
  return { allowed: uncovered(of(after, true), of(before, true)), undenied: uncovered(of(before, false), of(after, false)) };
}

function uncovered(statements: readonly Statement[], by: readonly Statement[]): Permission[] {
  const same = new Set(by.map((s) => JSON.stringify(s)));
  return statements
    .filter((s) => !same.has(JSON.stringify(s)))
    .flatMap((s): Permission[] => {
      const size = s.principals.length * s.actions.length * s.resources.length * (by.length + 1);
      if (s.inverted.length > 0 || size > MOST_COMBINATIONS) {
        return [s];
      }
      const [principals, actions, resources] = [new Set<string>(), new Set<string>(), new Set<string>()];
      for (const p of s.principals) {
        for (const a of s.actions) {
          for (const r of s.resources) {
            if (!by.some((other) => covers(other, s.condition, p, a, r))) {
              principals.add(p);
              actions.add(a);
              resources.add(r);
            }
          }
        }
      }
      return actions.size === 0 ? [] : [{ ...s, principals: [...principals], actions: [...actions], resources: [...resources] }];
    });
}

function covers(s: Statement, condition: string, principal: string, action: string, resource: string): boolean {
  return (
    s.inverted.length === 0 &&
    (s.condition === '' || s.condition === condition) &&
    s.principals.some((p) => p === principal || p === 'AWS:*') &&
    s.actions.some((a) => matches(a.toLowerCase(), action.toLowerCase())) &&
    s.resources.some((r) => matches(r, resource))
  );
}

const patterns = new Map<string, RegExp>();

// A pattern of the one side covers whatever the other names, its own asterisks included.
function matches(pattern: string, name: string): boolean {
  if (pattern === name || pattern === '*') {
    return true;
  }
  if (!pattern.includes('*')) {
    return false;
  }
  if (!patterns.has(pattern)) {
    const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
    patterns.set(pattern, new RegExp(`^${escaped}$`, 's'));
  }
  return patterns.get(pattern)!.test(name);
}

/** "lambda.amazonaws.com", "anyone", "the account 123456789012", "Role". */
export function whoIs(principal: string): string {
  const [, kind, who] = /^(AWS|Service|Federated|CanonicalUser):(.*)$/s.exec(principal) ?? [undefined, '', principal];
  if (who === '*') {
    return kind === 'Federated' ? 'anyone with any identity provider' : 'anyone';
  }
  const account = /^(?:arn:[^:]*:iam::)?(\d{12}|\$\{AWS::AccountId\})(?::root)?$/.exec(who)?.[1];
  if (account) {
    return account.startsWith('$') ? 'whoever this account lets' : `the account ${account}`;
  }
  return kind === 'Service' ? `the service ${plain(who)}` : plain(who);
}
