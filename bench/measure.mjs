// Programs are measured in processes of their own, in turns, so that what else the machine does falls on all of them alike.
// What counts is the processor time in user mode: waiting for a processor that others use is not in it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const require = createRequire(import.meta.url);
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const MLOPS = join(ROOT, 'bin/mlops.js');
export const EXAMPLE = join(ROOT, 'examples/housing/ml-platform.yaml');
const PROBE = fileURLToPath(new URL('probe.cjs', import.meta.url));

/** A file of `bench/apps`. */
export const app = (name) => fileURLToPath(new URL(`apps/${name}.cjs`, import.meta.url));

/** A folder that finds our dependencies, and is gone in the end. */
export async function inWorkFolder(run) {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-bench-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Runs one program to its end.
 *
 * @param program `args` for node; `env` beside ours; `ok` the exit codes that are right
 * @returns its `user` and `system` milliseconds, its `peak` KiB, and what else it marked
 */
export function run({ args, env = {}, cwd = ROOT, ok = [0] }, folder) {
  const usage = join(folder, 'usage.json');
  const { status, stderr } = spawnSync(process.execPath, ['-r', PROBE, ...args], {
    cwd,
    env: { ...process.env, CDK_VALIDATION: 'false', ...env, BENCH_USAGE: usage },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (!ok.includes(status)) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr.slice(0, 2000)}`);
  return JSON.parse(readFileSync(usage, 'utf8'));
}

/**
 * Runs a line of the shell to its end.
 *
 * @returns the `user` milliseconds of all processes that it started, which a shell says to a hundredth of a second
 */
function runLine({ line, env = {}, cwd }) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `{ ${line}; } >/dev/null; code=$?; times; exit $code`], {
    cwd,
    env: { ...process.env, CDK_VALIDATION: 'false', ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${line} ended with ${status}: ${stderr.slice(0, 2000)}`);
  const [, minutes, seconds] = /\n(\d+)m([\d.]+)s /.exec(stdout);
  return { user: (Number(minutes) * 60 + Number(seconds)) * 1000 };
}

/**
 * Runs programs in turns, each round beginning with another one, after a round that does not count.
 *
 * @param programs by name: `args` for node, or a `line` of the shell
 * @param warm whether there is such a round: it fills the caches of the disk
 * @returns all figures of each name, one of each round
 */
export function rounds(programs, count, folder, warm = true) {
  const names = Object.keys(programs);
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = warm ? -1 : 0; round < count; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + Math.max(round, 0)) % names.length];
      const figure = programs[name].line ? runLine(programs[name]) : run(programs[name], folder);
      if (round >= 0) figures[name].push(figure);
    }
  return figures;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median of one figure. */
export const typical = (figures, key = 'user') => median(figures.map((f) => f[key]));

/** Median of the quotients, each of two programs of one round. */
export const ratio = (figures, base, key = 'user') => median(figures.map((f, i) => f[key] / base[i][key]));

/** Median of the differences, each of two programs of one round. */
export const difference = (figures, base, key = 'user') => median(figures.map((f, i) => f[key] - base[i][key]));

/** A figure of the table. A goal is the most that it may be. */
export function figure(what, value, unit, { goal, stretch, note } = {}) {
  const digits = unit === 'x' || unit === 'exponent' ? 2 : unit === 'ms/resource' ? 3 : 1;
  const rounded = Number(value.toFixed(digits));
  return {
    what,
    value: rounded,
    unit,
    ...(goal === undefined ? {} : { goal, verdict: rounded <= goal ? 'ok' : 'over' }),
    ...(stretch === undefined ? {} : { stretch, stretchVerdict: rounded <= stretch ? 'ok' : 'over' }),
    ...(note === undefined ? {} : { note }),
  };
}

/** What could not be measured here, said aloud. */
export const skipped = (what, reason) => ({ what, skipped: reason });

/** The example as plain data, with the images of its directories where they are. */
export function exampleDeclaration() {
  return require('../bin/cli/load.js').load(EXAMPLE, ROOT).declaration;
}

export function writeJson(file, data) {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, JSON.stringify(data));
  return file;
}
