import { existsSync } from 'fs';
import { join } from 'path';
import type { CloudName } from '../../lib/core/catalogue';
import { check, Checked } from './check';
import { Io, processIo } from './io';
import { SetupError } from './peers';
import { InputError, renderAll } from './problems';
import { PACKAGE_ROOT } from './schema';

/**
 * Runs the app that `cdk` or `cdktf` calls: makes the platforms of the clouds that the declaration names among those of the app.
 * Problems of the declaration are shown as `mlops` shows them, and the process ends with 2.
 *
 * @param among the clouds that the app is for
 * @param file the declaration, where the caller names one
 */
export function runApp(
  among: readonly CloudName[],
  file: string | undefined,
  synth: (checked: Checked) => void,
  io: Io = processIo(),
): number {
  try {
    synth(check(file ?? findDeclaration(io.cwd), io.cwd, { among }));
    return 0;
  } catch (e) {
    if (e instanceof InputError) {
      io.err(renderAll(e.problems, io.errColors));
      return 2;
    }
    if (!(e instanceof SetupError)) throw e;
    io.err(`${e.message}\n`);
    return e.exitCode;
  }
}

/** The project's own declaration; else, in a checkout of this repository, the example's. */
export function findDeclaration(cwd: string): string {
  const example = join(PACKAGE_ROOT, 'examples', 'housing', 'ml-platform.yaml');
  const own = 'ml-platform.yaml';
  return existsSync(join(cwd, own)) || !existsSync(example) ? own : example;
}
