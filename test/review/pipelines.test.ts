import { readFileSync } from 'fs';
import { join } from 'path';
import { parse } from 'yaml';
import { CLASSES } from '../../lib/review/model';
import { DEFAULT_FAIL_ON } from '../../lib/review/policy';
import { FORMATS } from '../../lib/review/render';
import { MARKER } from '../../lib/review/render/markdown';
import { Project } from '../cli/helper';

const ROOT = join(__dirname, '..', '..');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const WORKFLOW = text('.github/workflows/review.yml');
const DOCS = text('docs/review.md');

interface Workflow {
  readonly on: string;
  readonly permissions: object;
  readonly jobs: { readonly [name: string]: { readonly permissions: object; readonly steps: readonly { uses?: string; run?: string }[] } };
}
const workflow = parse(WORKFLOW) as Workflow;
const blocks = [...DOCS.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block);

test('the workflow runs what a pull request brings with the right to read only', () => {
  expect([workflow.on, workflow.permissions]).toEqual(['pull_request', {}]);
  expect(workflow.jobs.review.permissions).toEqual({ contents: 'read' });
  expect(workflow.jobs.comment.permissions).toEqual({ 'pull-requests': 'write' });
  expect(JSON.stringify(workflow.jobs.comment)).not.toMatch(/checkout|npm|npx/);
});

test('every action is pinned to a whole version, and no script has an expression in it', () => {
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  for (const { uses, run } of steps) {
    if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+@v\d+\.\d+\.\d+$/);
    expect(run ?? '').not.toContain('${{');
  }
});

test('every pipeline finds its comment by the line that the comment begins with', () => {
  expect(blocks).toHaveLength(2);
  for (const pipeline of [WORKFLOW, ...blocks]) {
    expect(pipeline).toContain(MARKER);
    expect(parse(pipeline)).toBeInstanceOf(Object);
  }
});

test('the page on reviews names every option, format and class, and the default policy', async () => {
  const { out } = await new Project().run('diff', '--help');
  const options = [...out.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name);
  expect(options.length).toBeGreaterThan(6);
  for (const name of options) expect(DOCS).toContain(`\`${name}`);
  expect(DOCS).toContain(`--format ${FORMATS.join('\\|')}`);
  for (const name of CLASSES)
    expect(DOCS).toMatch(new RegExp(`^\\| \`${name}\` \\|.*\\| ${DEFAULT_FAIL_ON.includes(name) ? 'yes ' : ''}\\|$`, 'm'));
  expect(DOCS).toContain(`Default: \`${DEFAULT_FAIL_ON.join(',')}\``);
});
