import { Construct } from 'constructs';
import { contentHash, physicalName } from '../../lib/core/naming';

const at = (...ids: string[]): Construct => ids.reduce((scope, id) => new Construct(scope, id), new Construct(undefined as never, ''));
const housing = at('housing-dev', 'Storage');

test('is readable, and ends in a hash of the path', () => {
  expect(physicalName(housing, { max: 63, separator: '-' })).toBe(`housing-dev-storage-${contentHash(':housing-dev/Storage').slice(0, 8)}`);
});

test('is the same each time, and another for another path or another seed', () => {
  const rule = { max: 24, separator: '' };
  const names = [
    physicalName(at('housing-dev', 'Storage'), rule),
    physicalName(at('housing-dev', 'Storage'), rule),
    physicalName(at('housing-dev', 'Storage2'), rule),
    physicalName(at('housing-dev', 'Storage'), { ...rule, seed: 'another subscription' }),
  ];
  expect(names[0]).toBe(names[1]);
  expect(new Set(names).size).toBe(3);
});

test.each([
  [24, ''],
  [20, '-'],
  [63, '-'],
  [12, '_'],
])('keeps within %d characters with %j between words', (max, separator) => {
  for (const path of ['a', 'a-very-long-platform-name-indeed', '123', '9-lives', 'Ünïcödé', 'x'.repeat(200), 'a'.repeat(max - 9) + '-b']) {
    const name = physicalName(at(path, 'Thing'), { max, separator });
    expect(name.length).toBeLessThanOrEqual(max);
    expect(name).toMatch(separator ? new RegExp(`^[a-z][a-z0-9]*(\\${separator}[a-z0-9]+)*$`) : /^[a-z][a-z0-9]*$/);
  }
});

test('a prefix takes the place of the path, not of the hash', () => {
  const rule = { max: 63, separator: '-', prefix: 'state' };
  expect(physicalName(housing, rule)).toBe(`state-${contentHash(':housing-dev/Storage').slice(0, 8)}`);
});

test('has no hash where the name is unique within its parent', () => {
  expect(physicalName(housing, { max: 16, separator: '-', noHash: true })).toBe('housing-dev-stor');
});
