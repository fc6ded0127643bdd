import { ordered } from '../../lib/core/ordered';

test('keys come in order, at every depth', () => {
  expect(JSON.stringify(ordered({ b: { d: 1, c: [{ f: 1, e: 2 }] }, a: 0 }))).toBe('{"a":0,"b":{"c":[{"e":2,"f":1}],"d":1}}');
});

test('lists keep theirs', () => {
  expect(ordered(['spot', 'on-demand'])).toEqual(['spot', 'on-demand']);
});

test('what is no plain map stays as it is', () => {
  const when = new Date(0);
  expect(ordered({ when }).when).toBe(when);
  expect(ordered(undefined)).toBeUndefined();
});
