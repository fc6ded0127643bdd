import { Json, Synthesized } from './helper';

/** A workflow's source as Terraform hands it to Google Cloud. */
export interface Source {
  readonly main: { readonly params: string[]; readonly steps: Step[] };
}
type Step = { readonly [name: string]: Json };
type Scope = { [variable: string]: Json };
type Jump = { readonly next: string } | { readonly returned: unknown } | undefined;

/** What a workflow meets when it runs. */
export interface World {
  /** Answers calls of connectors; `sys.sleep` and `sys.log` are answered here. */
  call(name: string, args: Json, now: number): unknown;
  readonly args?: object;
}

/** What became of a run. */
export interface Run {
  readonly returned?: Json;
  readonly raised?: string;
  readonly calls: readonly { readonly name: string; readonly args: Json; readonly at: number }[];
  readonly seconds: number;
}

export const EXECUTION = '0a1b2c3d-0000-4000-8000-1234567890ab';

/** The workflow of a stack, after Terraform has read its own escapes. References to other resources stay as they are. */
export function sourceOf(synthesized: Synthesized): Source {
  const text: string = synthesized.only('google_workflows_workflow').source_contents;
  expect(text.replace(/\$\$\{/g, '').match(/\$\{(?!google_|local\.)/g)).toBeNull();
  return JSON.parse(text.replace(/\$\$\{/g, '${').replace(/%%\{/g, '%{'));
}

/** The value that an expression or a text of a source has without any variables. */
export function literalOf(value: string): string {
  return evaluate(value, {});
}

/** Runs a workflow against a made-up world; knows as much of Workflows as the sources of this library use. */
export function run(source: Source, world: World): Run {
  let now = 0;
  const calls: Run['calls'][number][] = [];
  const globals = { ...FUNCTIONS, sys: { now: () => now, get_env: () => EXECUTION } };

  const perform = (steps: readonly Step[], scope: Scope): Jump => {
    const names = steps.map((s) => Object.keys(s)[0]);
    for (let i = 0; i < steps.length;) {
      if (calls.length > 50_000) throw new Error('the workflow does not end');
      const jump = step(steps[i][names[i]], scope);
      if (jump === undefined) i++;
      else if ('next' in jump && names.includes(jump.next)) i = names.indexOf(jump.next);
      else return jump;
    }
    return undefined;
  };
  const step = (body: Json, scope: Scope): Jump => {
    const value = (v: unknown): Json => evaluate(v, scope);
    const next = body.next ? { next: body.next as string } : undefined;
    for (const one of body.assign ?? []) for (const [name, v] of Object.entries(one)) scope[name] = value(v);
    if (body.switch) {
      const branch = body.switch.find((b: Json) => value(b.condition));
      const jump = branch?.steps ? perform(branch.steps, scope) : undefined;
      return jump ?? (branch?.next ? { next: branch.next } : branch ? undefined : next);
    }
    if (body.for) {
      for (const [i, item] of value(body.for.in).entries()) {
        scope[body.for.value] = item;
        scope[body.for.index] = i;
        const jump = perform(body.for.steps, scope);
        if (jump && 'next' in jump && jump.next === 'break') break;
        if (jump && !('next' in jump && jump.next === 'continue')) return jump;
      }
      return next;
    }
    if (body.try) return step(body.try, scope);
    if (body.call) {
      const args = value(body.args);
      calls.push({ name: body.call, args, at: now });
      if (body.call === 'sys.sleep') now += args.seconds;
      else if (body.call !== 'sys.log') {
        const result = world.call(body.call, args, now);
        if (body.result) scope[body.result] = result;
      }
    }
    if ('raise' in body) throw new Raised(value(body.raise));
    if ('return' in body) return { returned: value(body.return) };
    return next;
  };

  try {
    const end = perform(source.main.steps, Object.assign(Object.create(globals), { args: world.args ?? null }));
    if (end && 'next' in end) throw new Error(`there is no step ${end.next}`);
    return { returned: end?.returned, calls, seconds: now };
  } catch (e) {
    if (e instanceof Raised) return { raised: e.message, calls, seconds: now };
    throw e;
  }
}

class Raised extends Error {}

const FUNCTIONS = {
  default_: (v: unknown, otherwise: unknown) => v ?? otherwise,
  len: (v: { length: number }) => v.length,
  int: (v: unknown) => Math.trunc(Number(v)),
  string: String,
  not: (v: unknown) => !v,
  map: {
    get: (m: Json, path: string | string[]) => [path].flat().reduce((o, k) => o?.[k], m) ?? null,
    merge: (a: object, b: object) => ({ ...a, ...b }),
  },
  text: {
    to_lower: (s: string) => s.toLowerCase(),
    match_regex: (s: string, r: string) => new RegExp(r).test(s),
  },
  json: { encode_to_string: (v: unknown) => JSON.stringify(v) },
  time: { parse: (t: string) => Date.parse(t) / 1000 },
};

function evaluate(value: unknown, scope: Scope): Json {
  if (Array.isArray(value)) return value.map((v) => evaluate(v, scope));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, evaluate(v, scope)]));
  const expression = typeof value === 'string' ? /^\$\{([^]*)\}$/.exec(value)?.[1] : undefined;
  if (expression === undefined || /^(google_|local\.)/.test(expression)) return value;
  expect(expression.length).toBeLessThanOrEqual(400);
  const js = expression
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part, i) =>
      i % 2
        ? part
        : part
            .replace(/\band\b/g, '&&')
            .replace(/\bor\b/g, '||')
            .replace(/\bdefault\(/g, 'default_('),
    )
    .join('');
  const compiled = COMPILED.get(js) ?? (new Function('scope', `with (scope) { return (${js}); }`) as (scope: Scope) => Json);
  COMPILED.set(js, compiled);
  return compiled(scope);
}
const COMPILED = new Map<string, (scope: Scope) => Json>();
