import { IConstruct } from 'constructs';

/** One thing that is wrong with what was asked for. Plain data, so that a front end can add file, line and column. */
export interface Problem {
  /** Stable, for machines: `limit`, `choice`, `missing`, `conflict`, `unsupported`, `name`, `unit`, `unknown`, `syntax`. */
  readonly code: string;
  /** Dotted path of the property, relative to the props it was found in: `memory`, `scaling.max`. */
  readonly prop: string;
  /** What was given; absent where nothing was. */
  readonly value?: unknown;
  /** Why it cannot be, as a clause: `Lambda offers at most 10,240 MB`. */
  readonly reason: string;
  /** What to write instead, as a command: `write 10GiB or less`. */
  readonly instead: string;
  /** Which construct found it: `aws.LambdaInference 'Stack/Predict'`. */
  readonly construct?: string;
}

/** Shows a problem on one line: what, given, why, what to do. */
export function describe(p: Problem): string {
  const given = p.value === undefined ? '' : ` ${JSON.stringify(p.value)}`;
  const where = p.construct ? `${p.construct}: ` : '';
  return `${where}${p.prop}${given}: ${p.reason}; ${p.instead}`;
}

/**
 * Thrown at construction, before any file is written. Carries all problems of its construct.
 *
 * @internal
 */
export class ValidationError extends Error {
  public constructor(public readonly problems: readonly Problem[]) {
    super(problems.map(describe).join('\n'));
    this.name = 'ValidationError';
  }
}

/** Whether an error (perhaps of another copy of this library) carries problems. */
export function isValidationError(e: unknown): e is ValidationError {
  return e instanceof Error && e.name === 'ValidationError' && Array.isArray((e as ValidationError).problems);
}

/** Collects what is wrong with the props of one construct, to throw it all at once. */
export class Checks {
  private readonly problems: Problem[] = [];
  private readonly construct: string;

  /**
   * @param scope the construct whose props are checked
   * @param kind how users call it: `aws.LambdaInference`
   */
  public constructor(scope: IConstruct, kind: string) {
    this.construct = `${kind} '${scope.node.path}'`;
  }

  /** Adds a problem. */
  public refuse(code: string, prop: string, value: unknown, reason: string, instead: string): void {
    this.problems.push({ code, prop, value, reason, instead, construct: this.construct });
  }

  /** Adds a problem unless `ok`. */
  public require(ok: boolean, code: string, prop: string, value: unknown, reason: string, instead: string): void {
    if (!ok) this.refuse(code, prop, value, reason, instead);
  }

  /** A number between two bounds, both allowed. */
  public within(prop: string, value: number | undefined, min: number, max: number, whose: string): void {
    if (value === undefined || isUnresolved(value) || (value >= min && value <= max)) return;
    this.refuse('limit', prop, value, `${whose} allows ${thousands(min)} to ${thousands(max)}`, `write a number from ${min} to ${max}`);
  }

  /** Runs a check that may throw problems of its own, and keeps them. */
  public collect<T>(f: () => T, prefix = ''): T | undefined {
    try {
      return f();
    } catch (e) {
      if (!isValidationError(e)) throw e;
      this.add(e.problems, prefix);
      return undefined;
    }
  }

  /** Keeps problems that another construct found, under the path where it was declared. */
  public add(problems: readonly Problem[], prefix = ''): void {
    this.problems.push(...problems.map((p) => ({ ...p, prop: join(prefix, p.prop), construct: p.construct ?? this.construct })));
  }

  /** What was found so far. */
  public get found(): readonly Problem[] {
    return this.problems;
  }

  /** Throws all that was found, if anything was. */
  public done(): void {
    if (this.problems.length) throw new ValidationError(this.problems);
  }
}

/** Throws one problem that no construct is known for. */
export function refuse(code: string, prop: string, value: unknown, reason: string, instead: string): never {
  throw new ValidationError([{ code, prop, value, reason, instead }]);
}

/** `10240` as `10,240`. */
export function thousands(n: number): string {
  // The first use of Intl in a process costs as much as a whole construct.
  return Number.isSafeInteger(n) ? String(n).replace(/\B(?=(\d{3})+$)/g, ',') : n.toLocaleString('en-US');
}

/** `['a', 'b', 'c']` as `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}

function join(prefix: string, prop: string): string {
  return [prefix, prop].filter(Boolean).join('.');
}

/** CDK and cdktf encode unresolved numbers as huge negatives and strings as `${Token...`; limits cannot be checked on those. */
export function isUnresolved(value: unknown): boolean {
  return (typeof value === 'number' && value < -1e100) || (typeof value === 'string' && /\$\{/.test(value));
}
