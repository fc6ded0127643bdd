import { Construct } from 'constructs';
import { needsPreparation } from '../../lib/core/preparation';

class Stack extends Construct {}
const isStack = (of: unknown): boolean => of instanceof Stack;

function appOf(cdktfVersion?: string): Construct {
  const app = new Construct(undefined as never, '');
  if (cdktfVersion) app.node.setContext('cdktfVersion', cdktfVersion);
  return app;
}

describe('whether a stack must be looked through before it is written', () => {
  test('not if there is no other', () => {
    const app = appOf('0.21.0');
    const stack = new Stack(app, 'a');
    new Construct(stack, 'part');
    new Construct(app, 'other');
    expect(needsPreparation(stack, isStack)).toBe(false);
  });

  test.each([
    ['beside it', (app: Construct) => app],
    ['deep below another construct', (app: Construct) => new Construct(new Construct(app, 'x'), 'y')],
    ['below it', (_: Construct, stack: Construct) => new Construct(stack, 'z')],
  ])('with another stack %s', (_, where) => {
    const app = appOf('0.21.0');
    const stack = new Stack(app, 'a');
    new Stack(where(app, stack), 'b');
    expect(needsPreparation(stack, isStack)).toBe(true);
  });

  test.each(['0.22.0', '0.24.0', undefined])('with version %s of cdktf, which may look for more', (version) => {
    expect(needsPreparation(new Stack(appOf(version), 'a'), isStack)).toBe(true);
  });
});
