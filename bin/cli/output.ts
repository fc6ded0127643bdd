import { accessSync, constants, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { SetupError } from './peers';

/** Runs something with a folder of its own, which is gone afterwards. */
export async function inTemporaryFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Terraform keeps beside a stack: it is the user's, and outlives a synthesis. */
const TERRAFORM_OWN = /^\.terraform$|^\.terraform\.lock\.hcl$|\.tfstate(\..*)?$|\.tfvars(\.json)?$|\.tfplan$/;
const STATE = /\.tfstate$/;

/**
 * Sees that folders can be made or written to, before a run puts half of what it made in place.
 *
 * @throws SetupError if there is a file instead, or if it may not be done
 */
export function requireWritable(...folders: string[]): void {
  for (const folder of folders) {
    let there = folder;
    while (!existsSync(there)) there = dirname(there);
    if (!statSync(there).isDirectory())
      throw new SetupError(`${there} is a file, where a folder is needed. Name another folder, or remove the file first.`, 2);
    try {
      accessSync(there, constants.W_OK | constants.X_OK);
    } catch {
      throw new SetupError(`${there} may not be written to. Name another folder, or allow your user to write there.`, 2);
    }
  }
}

/** Puts a folder or file in the place of another. */
export function replaceFolder(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { recursive: true, force: true });
  move(from, to);
}

/**
 * Puts Terraform stacks in the place of those of an earlier run. What Terraform keeps beside a stack is not touched;
 * a stack that is not made any more goes, unless it holds state.
 *
 * @returns what users should know about
 */
export function replaceStacks(from: string, to: string): string[] {
  const notes: string[] = [];
  const made = list(join(from, 'stacks'));
  for (const stack of list(join(to, 'stacks')).filter((s) => !made.includes(s))) {
    const old = join(to, 'stacks', stack);
    if (list(old).some((name) => STATE.test(name)))
      notes.push(`stacks/${stack} is of an earlier run and was left there, because it holds Terraform's state`);
    else {
      rmSync(old, { recursive: true, force: true });
      notes.push(`stacks/${stack} of an earlier run was removed`);
    }
  }
  for (const stack of made) replaceEntries(join(from, 'stacks', stack), join(to, 'stacks', stack));
  rmSync(join(from, 'stacks'), { recursive: true, force: true });
  for (const name of list(from)) replaceFolder(join(from, name), join(to, name));
  return notes;
}

function replaceEntries(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of list(to)) if (!TERRAFORM_OWN.test(name)) rmSync(join(to, name), { recursive: true, force: true });
  for (const name of list(from)) move(join(from, name), join(to, name));
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (e) {
    // The temporary folder may lie on another disk.
    if ((e as NodeJS.ErrnoException).code !== 'EXDEV') throw e;
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
    rmSync(from, { recursive: true, force: true });
  }
}
