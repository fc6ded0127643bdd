import { execFileSync } from 'child_process';
import { existsSync, rmSync } from 'fs';
import { dirname, join, resolve } from 'path';
import { inTemporaryFolder } from './output';
import { SetupError } from './peers';

/**
 * Runs something with a file as it was at a revision of its repository, in a worktree that is gone afterwards.
 * What lies beside the file is there too, as far as git knows it.
 *
 * @param run is given the file; nothing if the revision has none
 * @throws SetupError if there is no such revision, or no repository
 */
export async function atRevision<T>(ref: string, file: string, cwd: string, run: (old: string | undefined) => Promise<T>): Promise<T> {
  const absolute = resolve(cwd, file);
  const folder = dirname(absolute);
  if (!existsSync(folder)) throw new SetupError(`There is no folder ${folder}.`, 2);
  const [top, prefix = ''] = repositoryOf(folder);
  const commit = commitOf(ref, folder);
  return inTemporaryFolder(async (temporary) => {
    const tree = join(temporary, 'tree');
    const remove = (): void => {
      rmSync(tree, { recursive: true, force: true });
      git(top, 'worktree', 'prune');
    };
    const stop = (signal: NodeJS.Signals): void => {
      remove();
      rmSync(temporary, { recursive: true, force: true });
      process.kill(process.pid, signal);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    try {
      git(top, 'worktree', 'add', '--quiet', '--detach', tree, commit);
      const old = join(tree, prefix, absolute.slice(folder.length + 1));
      return await run(existsSync(old) ? old : undefined);
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      remove();
    }
  });
}

function repositoryOf(folder: string): string[] {
  try {
    return git(folder, 'rev-parse', '--show-toplevel', '--show-prefix').split('\n');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') throw new SetupError('--base needs git, which is not installed.', 2);
    throw new SetupError(`--base needs a git repository, and ${folder} is in none: ${said(e)}`, 2);
  }
}

function commitOf(ref: string, folder: string): string {
  try {
    return git(folder, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`);
  } catch {
    throw new SetupError(
      `There is no revision ${ref} here. Where only the last commit was fetched, as in most pipelines, fetch more: git fetch origin ${ref}`,
      2,
    );
  }
}

// The repository's hooks are not run, and what a hook that calls this has set does not matter.
function git(folder: string, ...args: string[]): string {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX']) delete env[name];
  const all = ['-c', 'core.hooksPath=/dev/null', ...args];
  return execFileSync('git', all, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
}

function said(e: unknown): string {
  return String((e as { stderr?: string }).stderr ?? e).trim();
}
