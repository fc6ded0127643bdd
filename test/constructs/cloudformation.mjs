// What CDK's validator and cfn-lint make of constructs, each declaration as a stack of one app: both take long to start.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { declare } from './cases.mjs';

/** `CFN_LINT` may be the path of another. */
const CFN_LINT = process.env.CFN_LINT ? resolve(process.env.CFN_LINT) : fileURLToPath(new URL('../../.venv/bin/cfn-lint', import.meta.url));
/** Why not all can be said, if so. */
export const missing = existsSync(CFN_LINT)
  ? undefined
  : `there is no ${CFN_LINT}; python3 -m venv .venv && .venv/bin/pip install -r test/e2e/requirements.txt makes it`;
/** The validator is part of CDK. */
export const needed = false;

/** Declares and synthesizes all cases of a room: what was used by each, and what went wrong. */
export function synthesizeAll(room, out) {
  const app = room.strictApp(out);
  const declared = new Map();
  const problems = [];
  for (const name of Object.keys(room.cases)) {
    try {
      declared.set(name, declare(room, name, out, { app }).recorder);
    } catch (error) {
      problems.push(`${name}: ${error.stack}`);
    }
  }
  return { declared, problems: [...problems, ...findings(app, out)] };
}

/** What CDK's validator finds wrong, its warnings included. */
export function findings(app, out) {
  let thrown;
  try {
    app.synth();
  } catch (error) {
    thrown = error;
  }
  const report = join(out, 'validation-report.json');
  if (!existsSync(report)) return [thrown?.stack ?? "CDK's validator did not run, as CDK_VALIDATION=false has it"];
  if (!thrown) return [];
  const found = JSON.parse(readFileSync(report, 'utf8')).pluginReports.flatMap(({ violations }) => violations);
  const said = found.flatMap(({ ruleName, description, violatingConstructs }) =>
    violatingConstructs.map(({ constructPath }) => `${constructPath}: ${description} (${ruleName})`),
  );
  return said.length ? said : [thrown.stack];
}

/** Has cfn-lint look at all templates in one call; prints what is wrong, and says how many templates failed. */
export function judge(out) {
  const templates = readdirSync(out).filter((file) => file.endsWith('.template.json'));
  // Warnings are of no matter to it, but take time and hide errors.
  const args = ['--ignore-checks', 'W', 'I', '--format', 'parseable', '--non-zero-exit-code', 'error', '--template', ...templates];
  const { status, stdout, stderr } = spawnSync(CFN_LINT, args, { cwd: out, encoding: 'utf8' });
  if (status === 0) return 0;
  console.log(`FAILED cfn-lint\n${stdout}${stderr}`);
  const named = stdout.split('\n').flatMap((line) => /^.+\.template\.json(?=:)/.exec(line) ?? []);
  // What stops cfn-lint itself names none.
  return new Set(named).size || 1;
}
