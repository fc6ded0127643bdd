import { compare } from '../../lib/review/compare';
import { Snapshot } from '../../lib/review/model';

const stack = (terminationProtection?: boolean): Snapshot => ({
  kind: 'cloudformation',
  cloud: 'aws',
  stack: 'housing-prod',
  file: 'template.json',
  body: { Resources: {} },
  paths: new Map(),
  terminationProtection,
});

describe('protection of a stack', () => {
  test('is data at risk when it is switched off', () => {
    const { changes } = compare([stack(true)], [stack(false)]);
    expect(changes).toMatchObject([{ address: 'housing-prod', action: 'update', findings: [{ class: 'data-loss' }] }]);
  });

  test.each([
    ['is on', true, true],
    ['was never on', false, false],
    ['is switched on', false, true],
    ['is not told by a template', true, undefined],
  ])('says nothing where it %s', (_, before, after) => {
    expect(compare([stack(before)], [stack(after)]).changes).toEqual([]);
  });
});

test('stacks that are new or gone are said to be', () => {
  expect(compare([], [stack()]).stacks).toEqual([{ cloud: 'aws', stack: 'housing-prod', before: false, after: true }]);
  expect(compare([stack()], []).stacks).toEqual([{ cloud: 'aws', stack: 'housing-prod', before: true, after: false }]);
});
