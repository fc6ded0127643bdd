import { withoutTraces } from '../../lib/core/traces';
import { keepTraces } from '../traces';

beforeAll(keepTraces);

const traceOf = (object: { stack?: string }): string | undefined => {
  Error.captureStackTrace(object);
  return object.stack;
};

test('objects that are no errors get no stack trace', () => {
  expect(withoutTraces(() => traceOf({}))).toBe('');
});

test('errors keep their stack trace', () => {
  expect(withoutTraces(() => traceOf(new Error('mine')))).toContain('traces.test');
});

test('afterwards everything gets one again, whatever happened', () => {
  expect(() =>
    withoutTraces(() => {
      throw new Error('mine');
    }),
  ).toThrow('mine');
  expect(traceOf({})).toContain('traces.test');
});
