import type { Colors } from 'picocolors/types';
import { thousands } from '../../lib/core/errors';

/** A problem of the declaration, with the place where it was written. */
export interface LocatedProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Path in the declaration: `inference.predict.memory`; empty for the file as a whole. */
  readonly path: string;
  /** What was given: as the file has it, or what it became. Absent where nothing was. */
  readonly value?: unknown;
  /** Whether the value is a default, because the file says nothing. */
  readonly byDefault?: boolean;
  readonly code: string;
  readonly reason: string;
  readonly instead: string;
  /** The constructs that found it, as users call them; none for what every cloud would find. */
  readonly by: readonly string[];
}

/** Carries everything that is wrong with a declaration. Nothing has been written when it is thrown. */
export class InputError extends Error {
  public readonly problems: readonly LocatedProblem[];

  public constructor(problems: readonly LocatedProblem[]) {
    const tidy = arrange(problems);
    super(tidy.map((p) => render(p)).join('\n\n'));
    this.name = 'InputError';
    this.problems = tidy;
  }
}

/** In the order of the file; what several clouds found alike is said once. */
export function arrange(problems: readonly LocatedProblem[]): LocatedProblem[] {
  const merged = new Map<string, LocatedProblem>();
  for (const p of problems) {
    const key = JSON.stringify([p.file, p.path, p.reason]);
    const same = merged.get(key);
    merged.set(key, same ? { ...same, by: [...new Set([...same.by, ...p.by])] } : p);
  }
  return [...merged.values()].sort(
    (a, b) => a.line - b.line || a.column - b.column || compare(a.path, b.path) || compare(a.reason, b.reason),
  );
}

/** Three lines: where and what, why, what to do. */
export function render(p: LocatedProblem, colors?: Colors): string {
  const plain = (text: string): string => text;
  const { bold, cyan, dim, red, green } = colors ?? { bold: plain, cyan: plain, dim: plain, red: plain, green: plain };
  const place = cyan(`${p.file}:${p.line}:${p.column}`);
  const value = p.value === undefined ? '' : show(p.value) + (p.byDefault ? dim(' (default)') : '');
  const head = [place, bold(p.path), value].filter(Boolean).join('  ');
  const by = p.by.length ? dim(` (${p.by.join(', ')})`) : '';
  return `${head}\n  ${red(p.reason)}${by}\n  ${green('->')} ${p.instead}`;
}

/** All problems and how many they are. */
export function renderAll(problems: readonly LocatedProblem[], colors?: Colors): string {
  const count = problems.length === 1 ? '1 problem' : `${thousands(problems.length)} problems`;
  return `${problems.map((p) => render(p, colors)).join('\n\n')}\n\n${count}; nothing was written\n`;
}

const LONGEST = 60;

function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
