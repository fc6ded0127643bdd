import { readFileSync } from 'fs';
import { join } from 'path';
import { Body, Snapshot } from '../../lib/review/model';
import { diffTerraform } from '../../lib/review/terraform';

/** What Terraform did when one attribute of a resource of the examples was changed; written by test/e2e/review-terraform.mjs. */
interface Recorded {
  readonly type: string;
  readonly change: string;
  readonly before: Body;
  readonly after: Body;
  readonly terraform: string;
}

const RECORDED: Recorded[] = JSON.parse(readFileSync(join(__dirname, 'fixtures', 'terraform-recorded.json'), 'utf8'));

const snapshot = (type: string, it: Body): Snapshot => ({
  kind: 'terraform',
  cloud: 'terraform',
  stack: 'recorded',
  file: 'cdk.tf.json',
  body: { resource: { [type]: { it } } },
  paths: new Map(),
});

test.each(RECORDED.map((r) => [r.type, r.change, r.terraform, r] as const))(
  '%s: %s is %s',
  (type, _change, terraform, { before, after }) => {
    const [change] = diffTerraform(snapshot(type, before), snapshot(type, after));
    if (change?.replacement === 'conditional') return expect(['no-op', 'update', 'delete+create']).toContain(terraform);
    const word = !change ? 'no-op' : change.action === 'replace' ? 'delete+create' : change.action;
    expect(word).toBe(terraform);
  },
);

test('enough is recorded, of most types and of every outcome', () => {
  expect(RECORDED.length).toBeGreaterThan(100);
  expect(new Set(RECORDED.map((r) => r.type)).size).toBeGreaterThan(50);
  expect(new Set(RECORDED.map((r) => r.terraform))).toEqual(new Set(['no-op', 'update', 'delete+create']));
});
