import { writeFileSync } from 'fs';
import { dirname, join, resolve } from 'path';
import pc from 'picocolors';
import type * as review from '../../lib/review';
import type { ChangeClass, Report, Snapshot, Verdict } from '../../lib/review';
import { choose } from './choose';
import { Io } from './io';
import { inTemporaryFolder } from './output';
import { SetupError } from './peers';
import { InputError, renderAll } from './problems';
import { Progress } from './progress';
import { silenceLibraries } from './quiet';
import { atRevision } from './revision';
import type * as synthesis from './synth';

/** What the command takes beside the two revisions. */
export interface DiffOptions {
  readonly base?: string;
  readonly format?: string;
  readonly output?: string;
  readonly failOn?: readonly string[];
  readonly allow?: readonly string[];
  readonly plan?: readonly string[];
  readonly verbose?: boolean;
}

const NOTHING = 'none';

/**
 * Compares two revisions and shows what the change does to what is deployed.
 *
 * @returns whether the policy lets it pass
 * @throws SetupError if they could not be compared, whatever the reason
 */
export async function diff(paths: readonly string[], options: DiffOptions, io: Io, progress: Progress): Promise<boolean> {
  try {
    return await run(paths, options, io, progress);
  } catch (e) {
    if (e instanceof InputError) throw e;
    // 1 says that the change fails the review, and nothing else may.
    if (e instanceof SetupError) throw e.exitCode === 2 ? e : new SetupError(e.message, 2);
    if (e instanceof Error && e.name === 'ReviewError') throw new SetupError(e.message, 2);
    const unforeseen = new SetupError(`The revisions could not be compared: ${e instanceof Error ? e.message : String(e)}`, 2);
    unforeseen.cause = e;
    throw unforeseen;
  }
}

async function run(paths: readonly string[], options: DiffOptions, io: Io, progress: Progress): Promise<boolean> {
  const lib = library();
  const format = choose('--format', options.format ?? 'text', lib.FORMATS);
  const failOn = classes(lib, options.failOn);
  const { before, after } = await revisions(lib, paths, options, io, progress);
  await progress.step('Comparing');
  const report = (options.plan ?? []).reduce((r, file) => withPlan(lib, r, file, after, io.cwd), lib.compare(before, after));
  const verdict = lib.judge(report, { failOn, allow: options.allow ?? [] });
  progress.done();
  write(lib, format, report, verdict, options, io);
  return !verdict.failing.length;
}

function withPlan(lib: typeof review, report: Report, file: string, after: readonly Snapshot[], cwd: string): Report {
  const plan = shortNames(() => lib.readDocument(resolve(cwd, file)), cwd);
  try {
    return lib.withPlan(report, plan, after);
  } catch (e) {
    if (e instanceof Error && e.name === 'ReviewError') e.message = `${file}: ${e.message}`;
    throw e;
  }
}

function write(lib: typeof review, format: review.Format, report: Report, verdict: Verdict, options: DiffOptions, io: Io): void {
  const { output, verbose } = options;
  const paint = output === undefined ? io.outColors : pc.createColors(false);
  const text = lib.render(format, report, verdict, { paint, columns: io.columns, verbose });
  if (output === undefined) io.out(text);
  else {
    try {
      writeFileSync(resolve(io.cwd, output), text);
    } catch (e) {
      throw new SetupError(`${output} cannot be written: ${(e as Error).message}`, 2);
    }
  }
  // Who reads a file, or a machine's output, sees the verdict all the same.
  if (output !== undefined || format !== 'text') io.err(`${lib.outcome(verdict, { paint: io.errColors })}\n`);
}

interface Revisions {
  readonly before: readonly Snapshot[];
  readonly after: readonly Snapshot[];
}

async function revisions(
  lib: typeof review,
  paths: readonly string[],
  { base }: DiffOptions,
  io: Io,
  progress: Progress,
): Promise<Revisions> {
  if (base !== undefined) {
    if (paths.length > 1) throw new SetupError('--base compares one declaration with itself at another revision: name one file only.', 2);
    return synthesized(lib, base, paths[0] ?? 'ml-platform.yaml', io, progress);
  }
  if (paths.length !== 2)
    throw new SetupError('Name two revisions: mlops diff BEFORE AFTER; or a declaration and its base: mlops diff --base main FILE', 2);
  await progress.step('Reading both revisions');
  const [before, after] = paths.map((p) => resolve(io.cwd, p));
  return shortNames(() => lib.readPair(before, after), io.cwd);
}

/** A declaration as it was, and as it stands. */
async function synthesized(lib: typeof review, base: string, file: string, io: Io, progress: Progress): Promise<Revisions> {
  silenceLibraries();
  // What the validator refuses is for `mlops synth` to say.
  process.env.CDK_VALIDATION ??= 'false';
  const quiet: Io = { ...io, interactive: false, out: () => undefined };
  return inTemporaryFolder(async (folder) => {
    const make = async (name: string, declaration: string, cwd: string): Promise<Snapshot[]> => {
      const out = join(folder, name);
      await synthesizer().synth(declaration, { out }, { ...quiet, cwd }, progress);
      return lib.read(out);
    };
    const after = await make('after', file, io.cwd);
    const before = await atRevision(base, file, io.cwd, async (old) => {
      if (old === undefined) {
        io.err(`${io.errColors.yellow('note:')} ${file} is not in ${base}: all of it is new\n`);
        return [];
      }
      try {
        return await make('before', old, dirname(old));
      } catch (e) {
        if (!(e instanceof InputError)) throw e;
        const problems = e.problems.map((p) => ({ ...p, file: `${base}:${file}` }));
        throw new SetupError(`${file} cannot be synthesized as it is in ${base}.\n\n${renderAll(problems, io.errColors).trimEnd()}`, 2);
      }
    });
    return { before, after };
  });
}

/** Runs something whose errors name files by their whole path; shows them as the user would name them. */
function shortNames<T>(run: () => T, cwd: string): T {
  try {
    return run();
  } catch (e) {
    if (e instanceof Error && e.name === 'ReviewError') e.message = e.message.replaceAll(join(cwd, '/'), '');
    throw e;
  }
}

function classes(lib: typeof review, names: readonly string[] | undefined): readonly ChangeClass[] {
  if (!names) return lib.DEFAULT_FAIL_ON;
  if (names.length === 1 && names[0] === NOTHING) return [];
  if (!names.length) throw new SetupError(`--fail-on names no class: write some of ${lib.CLASSES.join(', ')}, or ${NOTHING}.`, 2);
  const chosen = names.map((name) => choose('--fail-on', name, lib.CLASSES, `, or ${NOTHING}`));
  return lib.CLASSES.filter((c) => chosen.includes(c));
}

/* eslint-disable @typescript-eslint/no-require-imports */
// Loaded by this command alone.
const library = (): typeof review => require('../../lib/review');
// Two folders are compared without it.
const synthesizer = (): typeof synthesis => require('./synth');
/* eslint-enable @typescript-eslint/no-require-imports */
