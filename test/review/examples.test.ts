import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { compare } from '../../lib/review/compare';
import { ChangeClass, classesOf } from '../../lib/review/model';
import { DEFAULT_FAIL_ON } from '../../lib/review/policy';
import { readPair } from '../../lib/review/read';

const FOLDER = join(__dirname, '../../examples/review');
const NAMES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
/** Nobody is harmed by these. */
const HARMLESS = ['memory-up', 'spot-to-on-demand', 'tag-changed'];
/** These show in the review, and pass by default. */
const PASSING = [...HARMLESS, 'alarm-removed', 'database-engine-bumped'];

interface Expected {
  readonly changes: readonly { readonly address: string; readonly action: string; readonly classes: readonly ChangeClass[] }[];
}

function side(name: string, folder: 'before' | 'after'): string {
  const [file] = readdirSync(join(FOLDER, name, folder));
  return join(FOLDER, name, folder, file);
}

function verdict(name: string): Expected {
  const { before, after } = readPair(side(name, 'before'), side(name, 'after'));
  const { changes } = compare(before, after);
  return { changes: changes.map((change) => ({ address: change.address, action: change.action, classes: classesOf(change) })) };
}

test('there is a pair for each kind of change that a review has to tell apart', () => {
  expect(NAMES.sort()).toEqual([
    'alarm-removed',
    'bucket-renamed',
    'construct-renamed',
    'database-engine-bumped',
    'encryption-off',
    'function-made-public',
    'memory-up',
    'node-machine-changed',
    'region-changed',
    'retention-shortened',
    'spot-to-on-demand',
    'tag-changed',
  ]);
});

test.each(NAMES)('the verdict on %s is the expected one', (name) => {
  const expected = JSON.parse(readFileSync(join(FOLDER, name, 'expected.json'), 'utf8')) as Expected;
  expect(verdict(name)).toEqual(expected);
});

test.each(NAMES.filter((name) => !HARMLESS.includes(name)))('%s is not called safe', (name) => {
  const found = verdict(name).changes.flatMap((change) => change.classes);
  expect(found.filter((c) => c !== 'cosmetic' && c !== 'capacity')).not.toEqual([]);
});

test.each(NAMES)('%s fails a review by default where it should', (name) => {
  const fails = verdict(name).changes.some((change) => change.classes.some((c) => DEFAULT_FAIL_ON.includes(c)));
  expect(fails).toBe(!PASSING.includes(name));
});

test.each(NAMES)('%s is in the table of the README', (name) => {
  expect(readFileSync(join(FOLDER, 'README.md'), 'utf8')).toContain(`| [${name}](${name}) |`);
});

test.each(NAMES)('nothing changes between %s and itself', (name) => {
  const { before, after } = readPair(side(name, 'after'), side(name, 'after'));
  expect(compare(before, after).changes).toEqual([]);
});
