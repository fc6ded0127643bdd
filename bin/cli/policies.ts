import { writeFileSync } from 'fs';
import { join, resolve } from 'path';
import pc from 'picocolors';
import type * as checking from '../../lib/check';
import type { CheckFormat, Severity } from '../../lib/check';
import type * as reading from '../../lib/review/read';
import { choose } from './choose';
import { Io } from './io';
import { manifest, SetupError } from './peers';
import { Progress } from './progress';
import { silenceLibraries } from './quiet';

/** What the command takes beside the folder. */
export interface PoliciesOptions {
  readonly format?: string;
  readonly output?: string;
  readonly failOn?: string;
  readonly verbose?: boolean;
}

/**
 * Judges synthesized stacks by policies: cdk-nag's for AWS, our own for Azure and Google Cloud.
 *
 * @returns whether nothing is open at the severity that fails
 * @throws SetupError if they could not be judged, whatever the reason
 */
export async function policies(paths: readonly string[], options: PoliciesOptions, io: Io, progress: Progress): Promise<boolean> {
  silenceLibraries();
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const [lib, { read }] = [require('../../lib/check') as typeof checking, require('../../lib/review/read') as typeof reading];
  const format = choose<CheckFormat>('--format', options.format ?? 'text', lib.CHECK_FORMATS);
  const failOn = choose<Severity | 'none'>('--fail-on', options.failOn ?? 'low', [...lib.SEVERITIES, 'none']);
  try {
    await progress.step('Checking');
    const report = lib.check(paths.flatMap((path) => read(resolve(io.cwd, path))));
    progress.done();
    const paint = options.output === undefined ? io.outColors : pc.createColors(false);
    const view = { paint, verbose: options.verbose, version: manifest().version, cwd: io.cwd };
    write(lib.renderCheck(format, report, view), options.output, io);
    // Who reads a file, or a machine's output, sees the numbers all the same.
    if (options.output !== undefined || format !== 'text') io.err(`${lib.summary(report)}\n`);
    return failOn === 'none' || !lib.failing(report, failOn).length;
  } catch (e) {
    if (e instanceof SetupError) throw e;
    if (e instanceof Error && e.name === 'ReviewError') throw new SetupError(e.message.replaceAll(join(io.cwd, '/'), ''), 2);
    const unforeseen = new SetupError(`The stacks could not be checked: ${e instanceof Error ? e.message : String(e)}`, 2);
    unforeseen.cause = e;
    throw unforeseen;
  }
}

function write(text: string, output: string | undefined, io: Io): void {
  if (output === undefined) return io.out(text);
  try {
    writeFileSync(resolve(io.cwd, output), text);
  } catch (e) {
    throw new SetupError(`${output} could not be written: ${(e as Error).message}`, 2);
  }
}
