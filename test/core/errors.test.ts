import { Construct } from 'constructs';
import {
  Checks,
  describe as oneLine,
  isUnresolved,
  isValidationError,
  oneOf,
  refuse,
  thousands,
  ValidationError,
} from '../../lib/core/errors';

const scope = new Construct(new Construct(undefined as never, 'App'), 'Predict');
const checks = (): Checks => new Checks(scope, 'aws.LambdaInference');

function problemsOf(f: () => void): ValidationError['problems'] {
  try {
    f();
  } catch (e) {
    if (isValidationError(e)) return e.problems;
    throw e;
  }
  return [];
}

test('all problems of a construct are thrown at once, each saying what, why and what to do', () => {
  const c = checks();
  c.refuse('limit', 'memory', '12GiB', 'Lambda offers at most 10,240 MB', 'write 10GiB or less');
  c.require(false, 'choice', 'cpu', 3, 'not offered', 'write 2 or 4');
  expect(() => c.done()).toThrow(
    `aws.LambdaInference 'App/Predict': memory "12GiB": Lambda offers at most 10,240 MB; write 10GiB or less\n` +
      `aws.LambdaInference 'App/Predict': cpu 3: not offered; write 2 or 4`,
  );
});

test('nothing is thrown where nothing was found', () => {
  const c = checks();
  c.require(true, 'choice', 'cpu', 1, '', '');
  c.within('cpu', 1, 1, 2, 'it');
  expect(() => c.done()).not.toThrow();
});

test.each([
  [0, true],
  [1, false],
  [5, false],
  [6, true],
  [undefined, false],
  [-1.8881545897087626e289, false],
])('within 1 to 5, %d is refused: %s', (value, refused) => {
  const c = checks();
  c.within('n', value, 1, 5, 'Lambda');
  expect(c.found.length > 0).toBe(refused);
});

test('a bound is shown with the value', () => {
  const c = checks();
  c.within('maxInstances', 20_000, 1, 10_000, 'Lambda');
  expect(c.found).toEqual([
    {
      code: 'limit',
      prop: 'maxInstances',
      value: 20_000,
      reason: 'Lambda allows 1 to 10,000',
      instead: 'write a number from 1 to 10000',
      construct: "aws.LambdaInference 'App/Predict'",
    },
  ]);
});

test('collected problems keep their own construct and get a path', () => {
  const c = checks();
  expect(c.collect(() => 7)).toBe(7);
  c.collect(() => refuse('unit', '', '2GB', 'not a size', 'write 2GiB'), 'memory');
  c.collect(() => {
    throw new ValidationError([{ code: 'x', prop: 'cpu', reason: 'r', instead: 'i', construct: 'another' }]);
  }, 'inference.predict');
  expect(c.found.map((p) => [p.prop, p.construct])).toEqual([
    ['memory', "aws.LambdaInference 'App/Predict'"],
    ['inference.predict.cpu', 'another'],
  ]);
});

test('what is no problem of the input is passed on', () => {
  expect(() =>
    checks().collect(() => {
      throw new TypeError('ours');
    }),
  ).toThrow(TypeError);
});

test('problems of another copy of this library are recognised; errors of other libraries that share the name are not', () => {
  const theirs = Object.assign(new Error('x'), { name: 'ValidationError', problems: [] });
  const cdk = Object.assign(new Error('x'), { name: 'ValidationError' });
  expect([isValidationError(theirs), isValidationError(cdk), isValidationError('x')]).toEqual([true, false, false]);
});

test('a missing value is not shown', () => {
  expect(oneLine({ code: 'missing', prop: 'email', reason: 'is missing', instead: 'write one' })).toBe('email: is missing; write one');
  expect(problemsOf(() => refuse('missing', 'email', undefined, 'is missing', 'write one'))[0].value).toBeUndefined();
});

test.each([
  [['a'], 'a'],
  [['a', 'b'], 'a or b'],
  [['a', 'b', 'c'], 'a, b or c'],
  [[], ''],
])('%j is read as %j', (words, text) => {
  expect(oneOf(words)).toBe(text);
});

test('thousands are set apart', () => {
  expect(thousands(10_240)).toBe('10,240');
});

test.each([
  ['${Token[TOKEN.12]}', true],
  [-1.8881545897087626e289, true],
  ['eu-west-1', false],
  [-1, false],
])('%s is unresolved: %s', (value, is) => {
  expect(isUnresolved(value)).toBe(is);
});
