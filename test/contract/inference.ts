import { cpSync, mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Construct } from 'constructs';
import { Access, ContainerImage, Duration, IInferenceService, ImageOwner, InferenceBaseProps, Size } from '../../lib/core';
import { Rendered, Room, built, problemsOf } from './room';

/** What the suite asks of one engine. */
export interface InferenceSubject extends Room {
  /** The class as users write it: `aws.LambdaInference`. */
  readonly className: string;
  /** An image reference that this engine takes. */
  readonly image: ContainerImage;
  /** Makes a service with what the engine needs beside (network, registry, group). */
  make(stack: Construct, id: string, props: InferenceBaseProps): IInferenceService;
  /** The container's environment in the first service. */
  env(rendered: Rendered): { readonly [name: string]: unknown };
  /** Whether somebody without credentials, outside the network, can call it. */
  openToAnybody(rendered: Rendered): boolean;
  /** Whether it has an address on the internet. */
  onTheInternet(rendered: Rendered): boolean;
}

const APP = join(__dirname, 'fixtures', 'app');

/** What every inference engine keeps, so that one declaration means the same everywhere. */
export function inferenceContract(subject: InferenceSubject): void {
  const service = (props: Partial<InferenceBaseProps> = {}) =>
    built(subject, (stack) => subject.make(stack, 'Predict', { image: subject.image, ...props }));

  describe(`${subject.className} keeps the inference contract`, () => {
    test('its main resource is the default child', () => {
      expect(service().construct.node.defaultChild).toBeDefined();
    });

    test('it is private unless asked otherwise', () => {
      const { rendered } = service();
      expect({ open: subject.openToAnybody(rendered), internet: subject.onTheInternet(rendered) }).toEqual({
        open: false,
        internet: false,
      });
    });

    test('authenticated access is on the internet, but not open', () => {
      const { rendered } = service({ access: Access.AUTHENTICATED });
      expect({ open: subject.openToAnybody(rendered), internet: subject.onTheInternet(rendered) }).toEqual({ open: false, internet: true });
    });

    test('public access is open to anybody', () => {
      const { rendered } = service({ access: Access.PUBLIC });
      expect({ open: subject.openToAnybody(rendered), internet: subject.onTheInternet(rendered) }).toEqual({ open: true, internet: true });
    });

    test('the container gets the environment that was asked for', () => {
      expect(subject.env(service({ env: { LOG_LEVEL: 'debug', ANSWER: '42' } }).rendered)).toMatchObject({
        LOG_LEVEL: 'debug',
        ANSWER: '42',
      });
    });

    test('two services stand side by side', () => {
      const rendered = subject.render((stack) => {
        subject.make(stack, 'One', { image: subject.image });
        subject.make(stack, 'Two', { image: subject.image });
      });
      const ids = rendered.resources.map((r) => `${r.type}.${r.id}`);
      expect(new Set(ids).size).toBe(ids.length);
    });

    test('a second service changes nothing about the first', () => {
      const alone = subject.render((stack) => void subject.make(stack, 'One', { image: subject.image }));
      const both = subject.render((stack) => {
        subject.make(stack, 'Two', { image: subject.image });
        subject.make(stack, 'One', { image: subject.image });
      });
      const ids = new Set(both.resources.map((r) => `${r.type}.${r.id}`));
      expect(alone.resources.map((r) => `${r.type}.${r.id}`).filter((id) => !ids.has(id))).toEqual([]);
    });

    test('two syntheses are byte-identical', () => {
      expect(service().rendered.text).toBe(service().rendered.text);
    });

    test('a pipeline-owned service does not change with the application', () => {
      const changed = mkdtempSync(join(tmpdir(), 'app-'));
      cpSync(APP, changed, { recursive: true });
      writeFileSync(join(changed, 'app.txt'), 'two\n');
      const [before, after] = [APP, changed].map(
        (d) => service({ image: ContainerImage.fromDirectory(d), imageOwner: ImageOwner.PIPELINE }).rendered.text,
      );
      expect(after).toBe(before);
    });

    test('a stack-owned service changes with the application', () => {
      const changed = mkdtempSync(join(tmpdir(), 'app-'));
      cpSync(APP, changed, { recursive: true });
      writeFileSync(join(changed, 'app.txt'), 'two\n');
      const [before, after] = [APP, changed].map((d) => service({ image: ContainerImage.fromDirectory(d) }).rendered.text);
      expect(after).not.toBe(before);
    });

    test('an output says how to call it', () => {
      expect(JSON.stringify(service({ access: Access.AUTHENTICATED }).rendered.outputs)).toMatch(/curl/);
    });

    test('all that is wrong is said at once', () => {
      const problems = problemsOf(() =>
        service({ memory: Size.tebibytes(1), timeout: Duration.days(2), minInstances: 5, maxInstances: 2 }),
      );
      expect(problems.map((p) => p.prop)).toEqual(expect.arrayContaining(['memory', 'timeout', 'minInstances']));
    });

    test('a health path without a slash is refused', () => {
      expect(problemsOf(() => service({ healthPath: 'health' }))).toEqual([
        expect.objectContaining({ prop: 'healthPath', value: 'health' }),
      ]);
    });

    test('it says so when it stands under the other kind of App', () => {
      expect(() => subject.make(subject.wrongRoot(), 'Predict', { image: subject.image })).toThrow(
        new RegExp(`${subject.className.replace('.', '\\.')}[^]*${subject.cloud === 'aws' ? 'aws-cdk-lib' : 'cdktf'}`),
      );
    });
  });
}
