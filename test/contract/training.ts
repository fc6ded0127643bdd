import { Construct } from 'constructs';
import { Accelerator, ContainerImage, Environment, ITrainingCluster, TrainingBaseProps } from '../../lib/core';
import { RENDEZVOUS_ENV, TRAINING_ENV } from '../../lib/core/training';
import { Rendered, Room, built, problemsOf } from './room';

/** What the suite asks of one engine. */
export interface TrainingSubject extends Room {
  /** The class as users write it: `aws.GpuTrainingCluster`. */
  readonly className: string;
  /** Makes a cluster with what the engine needs beside. */
  make(stack: Construct, id: string, props: TrainingBaseProps): ITrainingCluster;
  /** Machines that are kept, and paid for, when nothing trains. */
  idleMachines(rendered: Rendered): number;
  /** What the store or its resource is called, for the retention test: a type name. */
  readonly storeType: string;
  /** Whether destroying the stack would keep the store and what is in it. */
  keepsData(rendered: Rendered): boolean;
  /** An accelerator that this cloud lacks, and a word that the refusal must offer instead. */
  readonly lacks: { readonly accelerator: Accelerator; readonly instead: string };
}

const IMAGE = ContainerImage.fromReference('ghcr.io/acme/train:1.0');

/** What every training engine keeps, so that one program trains everywhere. */
export function trainingContract(subject: TrainingSubject): void {
  const cluster = (props: Partial<TrainingBaseProps> = {}) =>
    built(subject, (stack) =>
      subject.make(stack, 'Train', { image: IMAGE, command: ['python', 'train.py'], accelerator: Accelerator.T4, ...props }),
    );

  describe(`${subject.className} keeps the training contract`, () => {
    test('its main resource is the default child', () => {
      expect(cluster().construct.node.defaultChild).toBeDefined();
    });

    test('it costs nothing when idle', () => {
      expect(subject.idleMachines(cluster().rendered)).toBe(0);
    });

    test.each(Object.values(TRAINING_ENV))('jobs are told %s', (name) => {
      expect(cluster().rendered.text).toContain(name);
    });

    test.each(RENDEZVOUS_ENV)('jobs are told %s, for torchrun', (name) => {
      expect(cluster().rendered.text).toContain(name);
    });

    test('jobs of several machines are told how to meet', () => {
      const { rendered } = cluster({ accelerator: Accelerator.A100_80GB, acceleratorCount: 8, nodesPerJob: 2, maxNodes: 2 });
      for (const name of RENDEZVOUS_ENV) expect(rendered.text).toContain(name);
    });

    test('the job gets the environment that was asked for', () => {
      expect(cluster({ env: { EPOCHS: '7' } }).rendered.text).toMatch(/EPOCHS/);
    });

    test('an output says how to start a job', () => {
      const { construct, rendered } = cluster();
      expect(construct.submitCommand).toMatch(/^(aws batch|az ml|gcloud workflows) /);
      expect(JSON.stringify(rendered.outputs)).toMatch(/aws batch submit-job|az ml job create|gcloud workflows run/);
    });

    test('data goes with the stack in dev and stays in prod', () => {
      expect(subject.keepsData(cluster({ environment: Environment.DEV }).rendered)).toBe(false);
      expect(subject.keepsData(cluster({ environment: Environment.PROD }).rendered)).toBe(true);
    });

    test('two syntheses are byte-identical', () => {
      expect(cluster().rendered.text).toBe(cluster().rendered.text);
    });

    test('two clusters stand side by side', () => {
      const rendered = subject.render((stack) => {
        for (const id of ['One', 'Two']) subject.make(stack, id, { image: IMAGE, accelerator: Accelerator.T4 });
      });
      const ids = rendered.resources.map((r) => `${r.type}.${r.id}`);
      expect(new Set(ids).size).toBe(ids.length);
    });

    test('an accelerator that the cloud lacks is refused with what it has', () => {
      const [problem] = problemsOf(() => cluster({ accelerator: subject.lacks.accelerator }));
      expect(problem).toMatchObject({ code: 'unsupported', prop: 'accelerator.type', value: subject.lacks.accelerator.kind });
      expect(problem.instead).toContain(subject.lacks.instead);
    });

    test('three GPUs in a machine are refused with the numbers there are', () => {
      const [problem] = problemsOf(() => cluster({ accelerator: Accelerator.A100_80GB, acceleratorCount: 3 }));
      expect(problem).toMatchObject({ code: 'choice', prop: 'accelerator.count', value: 3 });
      expect(problem.instead).toMatch(/^write count: .*8$/);
    });

    test('all that is wrong is said at once', () => {
      const problems = problemsOf(() => cluster({ minNodes: 5, maxNodes: 2, nodesPerJob: 4, retries: 99 }));
      expect(problems.map((p) => p.prop)).toEqual(expect.arrayContaining(['minNodes', 'nodesPerJob', 'retries']));
    });

    test('it says so when it stands under the other kind of App', () => {
      expect(() => subject.make(subject.wrongRoot(), 'Train', { image: IMAGE, accelerator: Accelerator.T4 })).toThrow(
        new RegExp(`${subject.className.replace('.', '\\.')}[^]*${subject.cloud === 'aws' ? 'aws-cdk-lib' : 'cdktf'}`),
      );
    });
  });
}
