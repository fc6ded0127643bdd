import { Construct } from 'constructs';
import { isAlone } from '../../lib/core/alone';

class Stack extends Construct {}
const isStack = (of: unknown): boolean => of instanceof Stack;

describe('whether a construct is the only one of its kind', () => {
  test('it is, beside constructs of other kinds', () => {
    const app = new Construct(undefined as never, '');
    const stack = new Stack(app, 'a');
    new Construct(stack, 'part');
    new Construct(app, 'other');
    expect(isAlone(stack, isStack)).toBe(true);
  });

  test.each([
    ['beside it', (app: Construct) => app],
    ['deep below another construct', (app: Construct) => new Construct(new Construct(app, 'x'), 'y')],
    ['below it', (_: Construct, stack: Construct) => new Construct(stack, 'z')],
  ])('it is not with another %s', (_, where) => {
    const app = new Construct(undefined as never, '');
    const stack = new Stack(app, 'a');
    new Stack(where(app, stack), 'b');
    expect(isAlone(stack, isStack)).toBe(false);
  });
});
