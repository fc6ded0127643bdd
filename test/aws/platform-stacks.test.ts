import { Template } from 'aws-cdk-lib/assertions';
import { App, DefaultStackSynthesizer, NestedStack, Stack } from 'aws-cdk-lib/core';
import { MlPlatform } from '../../lib/aws/platform';
import { MlPlatformStack } from '../../lib/aws/stack';
import { Access, Environment, FileSystemKind, MlPlatformProps, StackLayout } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { refusals } from './helper';

const SERVICE = { image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/app:1.0' };
const TRAINER = { image: 'ghcr.io/acme/train:1.0', accelerator: { type: 'T4' } };
const BARE: MlPlatformProps = { name: 'housing', targets: { aws: { region: 'eu-west-1', stacks: StackLayout.PER_ENTRY } } };
/** One of everything, and all that refers to something of another stack. */
const WHOLE: MlPlatformProps = {
  ...BARE,
  tags: { team: 'pricing' },
  storage: { shared: { scratch: { kind: FileSystemKind.POSIX }, fast: { kind: FileSystemKind.PARALLEL, size: '1.2TiB' } } },
  secrets: { hub: {} },
  tracking: { mlflow: {} },
  models: { housing: {} },
  training: {
    trainer: {
      ...TRAINER,
      model: 'housing',
      mounts: { scratch: '/mnt/scratch', fast: '/mnt/fast' },
      secrets: { HF_TOKEN: 'hub' },
      schedule: { cron: '0 3 * * 1' },
    },
  },
  inference: {
    predict: { ...SERVICE, model: 'models:/housing/production', mounts: { scratch: '/mnt/scratch' }, secrets: { HF_TOKEN: 'hub' } },
    rank: { ...SERVICE, access: Access.AUTHENTICATED },
  },
  pipelines: { release: { repository: { owner: 'acme', name: 'housing' }, deploys: 'predict' } },
  monitoring: { notify: { email: 'ml@example.com' }, slo: { availability: 99 } },
};
const NAMES = ['', '-inference-predict', '-inference-rank', '-monitoring', '-pipelines-release', '-training-trainer'];

const split = (props: MlPlatformProps, stacks = StackLayout.PER_ENTRY): MlPlatformProps => ({
  ...props,
  targets: { aws: { ...props.targets.aws!, stacks } },
});
const assemble = (props: MlPlatformProps) => {
  const app = new App();
  new MlPlatformStack(app, 'housing-dev', props);
  return app.synth().stacks;
};
/** Templates by the name of the stack. */
const templates = (props: MlPlatformProps): Map<string, Body> => new Map(assemble(props).map((s) => [s.stackName, s.template as Body]));
const services = (n: number): MlPlatformProps['inference'] =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`s${i + 1}`, { ...SERVICE, access: Access.AUTHENTICATED }]));
const ofType = ({ Resources }: Body, type: string) => Object.values(Resources).filter((r) => r.Type === type);

interface Body {
  readonly Resources: { readonly [id: string]: { readonly Type: string; readonly Properties: { readonly [name: string]: unknown } } };
  readonly Outputs?: { readonly [id: string]: { readonly Value: unknown; readonly Export?: unknown } };
}

describe('a stack for each entry', () => {
  const stacks = assemble(WHOLE);
  const bodies = new Map(stacks.map((s) => [s.stackName, s.template as Body]));
  const main = bodies.get('housing-dev')!;

  test('is named after the platform, the section and the entry', () => {
    expect([...bodies.keys()].sort()).toEqual(NAMES.map((name) => `housing-dev${name}`));
  });

  test('leaves what is shared as it is in one stack', () => {
    const [one] = [...templates(split(WHOLE, StackLayout.ONE)).values()];
    const changed = Object.entries(main.Resources).filter(
      ([id, resource]) => JSON.stringify(one.Resources[id]) !== JSON.stringify(resource),
    );
    // Roles of other stacks are let in by their account, because two stacks cannot name each other.
    expect(changed.map(([, { Type }]) => Type)).toEqual(['AWS::VpcLattice::AuthPolicy']);
  });

  test('takes along nothing that holds data', () => {
    const stateful = /^AWS::(EFS::FileSystem|FSx|RDS|ECR|KMS|SecretsManager|SageMaker|SNS::Topic|EC2::VPC)/;
    const moved = [...bodies].filter(([name]) => name !== 'housing-dev').flatMap(([, { Resources }]) => Object.values(Resources));
    expect(moved.filter(({ Type }) => stateful.test(Type))).toEqual([]);
  });

  test('keeps the folders of a cluster', () => {
    const folders = (body: Body) =>
      ofType(body, 'AWS::Batch::JobDefinition').flatMap((d) => JSON.stringify(d).match(/\/(checkpoints|models)\/[\w-]+/g));
    expect(folders(bodies.get('housing-dev-training-trainer')!)).toEqual(
      folders(templates(split(WHOLE, StackLayout.ONE)).get('housing-dev')!),
    );
  });

  test('reads others by weak references, which an output with that name answers', () => {
    const text = JSON.stringify([...bodies.values()]);
    expect(text).not.toMatch(/Fn::ImportValue|"Export"/);
    const read = [...text.matchAll(/"Fn::GetStackOutput":(\{[^}]*\})/g)].map(([, json]) => JSON.parse(json));
    expect(read.length).toBeGreaterThan(50);
    for (const { StackName, OutputName } of read) expect(Object.keys(bodies.get(StackName)!.Outputs!)).toContain(OutputName);
  });

  test('is read by the platform nowhere', () => {
    expect(JSON.stringify(main)).not.toContain('Fn::GetStackOutput');
  });

  test('depends on what it reads only', () => {
    const ids = new Map(stacks.map((s) => [s.id, s.stackName]));
    const dependencies = (name: string) =>
      stacks
        .find((s) => s.stackName === `housing-dev${name}`)!
        .dependencies.flatMap((d) => ids.get(d.id) ?? [])
        .sort();
    expect(NAMES.map(dependencies)).toEqual([
      [],
      ['housing-dev'],
      ['housing-dev'],
      NAMES.filter((name) => name !== '-monitoring').map((name) => `housing-dev${name}`),
      ['housing-dev', 'housing-dev-inference-predict'],
      ['housing-dev'],
    ]);
  });

  test('has no function that takes apart the address of a repository of another', () => {
    expect(JSON.stringify(bodies.get('housing-dev-pipelines-release'))).not.toContain('Fn::Split');
  });

  test('has the tags, the place and the description of the platform', () => {
    for (const stack of stacks) {
      expect(stack.tags).toEqual({ environment: 'dev', 'managed-by': 'mlops-constructs', platform: 'housing', team: 'pricing' });
      expect(stack.environment.region).toBe('eu-west-1');
      expect(stack.terminationProtection).toBe(false);
    }
    const { Tags } = ofType(bodies.get('housing-dev-inference-predict')!, 'AWS::Lambda::Function')[0].Properties;
    expect(Tags).toContainEqual({ Key: 'team', Value: 'pricing' });
    expect(stacks.map((s) => s.template.Description)).toContain('Machine-learning platform housing (dev): inference-predict');
  });

  test('is protected from deletion in prod', () => {
    expect(
      assemble({ ...BARE, environment: Environment.PROD, inference: { predict: SERVICE } }).map((s) => s.terminationProtection),
    ).toEqual([true, true, true]);
  });

  test('has the alarms of its entry, which tell the topics of the platform', () => {
    const alarms = ofType(bodies.get('housing-dev-inference-predict')!, 'AWS::CloudWatch::Alarm');
    expect(alarms.filter((a) => a.Properties.AlarmActions)).toHaveLength(4);
    expect(ofType(main, 'AWS::CloudWatch::Alarm')).toHaveLength(4);
    expect(ofType(main, 'AWS::SNS::Topic')).toHaveLength(2);
    expect(ofType(bodies.get('housing-dev-inference-rank')!, 'AWS::ApplicationSignals::ServiceLevelObjective')).toHaveLength(2);
  });

  test('has the alarm of a cluster once', () => {
    expect(ofType(bodies.get('housing-dev-training-trainer')!, 'AWS::CloudWatch::Alarm')).toHaveLength(2);
  });

  test('shows all entries on a dashboard behind them', () => {
    const monitoring = bodies.get('housing-dev-monitoring')!;
    expect(Object.values(monitoring.Resources).map((r) => r.Type)).toEqual(['AWS::CloudWatch::Dashboard']);
    const text = JSON.stringify(monitoring);
    for (const title of ['Inference: predict', 'Inference: rank', 'Training: trainer', 'Pipeline: release', 'Tracking: mlflow'])
      expect(text).toContain(title);
    expect(Object.keys(monitoring.Outputs!)).toEqual(['DashboardUrl']);
  });

  test('keeps cfn-lint from what it does not know yet: an address that is split off an output', () => {
    const [dashboard] = Object.values(bodies.get('housing-dev-monitoring')!.Resources);
    expect(JSON.stringify(dashboard)).toMatch(/"Fn::Split":\["\/",\{"Fn::GetStackOutput"/);
    expect(dashboard).toMatchObject({ Metadata: { 'cfn-lint': { config: { ignore_checks: ['E1022'] } } } });
  });

  test('tells services and clusters of one name apart', () => {
    const names = [...templates({ ...BARE, training: { x: TRAINER }, inference: { x: SERVICE } }).keys()];
    expect(names.sort()).toEqual(['housing-dev', 'housing-dev-inference-x', 'housing-dev-monitoring', 'housing-dev-training-x']);
  });

  test('changes no other stack than that of the dashboard when an entry is added', () => {
    const more = templates({ ...WHOLE, inference: { ...WHOLE.inference, added: { ...SERVICE, mounts: { scratch: '/mnt/scratch' } } } });
    const changed = [...more].filter(([name, body]) => JSON.stringify(body) !== JSON.stringify(bodies.get(name))).map(([name]) => name);
    expect(changed.sort()).toEqual(['housing-dev-inference-added', 'housing-dev-monitoring']);
  });

  test('is said in the parity report', () => {
    const stack = new MlPlatformStack(new App(), 'housing-dev', WHOLE);
    const report = parity.report(stack);
    expect(report).toContainEqual({
      cloud: 'aws',
      path: 'targets.aws.stacks',
      kind: 'mapped',
      became: '5 CloudFormation stacks beside that of the platform',
    });
    expect(report.filter((e) => e.path === 'monitoring').map((e) => e.became)).toEqual(['CloudWatch dashboard and alarms']);
    const one = parity.report(new MlPlatformStack(new App(), 'housing-dev', split(WHOLE, StackLayout.ONE)));
    expect(report.filter((e) => e.path !== 'targets.aws.stacks')).toEqual(one);
  });

  test('knows what the declaration acknowledges', () => {
    const reason = 'nobody reads it';
    const [, ...others] = assemble({ ...BARE, inference: { predict: SERVICE }, acknowledge: { 'AwsSolutions-S1': reason } });
    for (const { manifest, assembly } of others) {
      const file = (manifest as { additionalMetadataFile?: string }).additionalMetadataFile!;
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const text = JSON.stringify(require(`${assembly.directory}/${file}`));
      expect(text).toContain(`"AwsSolutions::AwsSolutions-S1":"${reason}"`);
    }
  });
});

describe('dashboards', () => {
  const bodiesOf = (n: number) => [...templates({ ...BARE, inference: services(n) })].filter(([name]) => name.includes('-monitoring'));
  const widgets = (body: Body) =>
    JSON.parse(JSON.stringify(ofType(body, 'AWS::CloudWatch::Dashboard')[0].Properties.DashboardBody)) as {
      'Fn::Join': [string, unknown[]];
    };
  const shown = (body: Body) => JSON.stringify(widgets(body)).match(/## Inference: s\d+/g) ?? [];
  const many = bodiesOf(90);

  test('are one up to 80 entries', () => {
    expect(bodiesOf(80).map(([name]) => name)).toEqual(['housing-dev-monitoring']);
  });

  test('are split so that each is within the limits of CloudWatch and CloudFormation', () => {
    expect(many.map(([name]) => name).sort()).toEqual(['housing-dev-monitoring-0', 'housing-dev-monitoring-1']);
    expect(many.reduce((n, [, body]) => n + shown(body).length, 0)).toBe(90);
    for (const [, body] of many) {
      expect(shown(body).length * 6 + 1).toBeLessThanOrEqual(500);
      expect(JSON.stringify(body, undefined, 1).length).toBeLessThan(1_000_000);
    }
  });

  test('say which entries they show', () => {
    for (const [, body] of many) {
      const [, names] = /# housing-dev\/Platform\/Monitoring\W+n((?:s\d+(?:, )?)+)/.exec(JSON.stringify(widgets(body)))!;
      expect(names.split(', ').sort()).toEqual(
        shown(body)
          .map((title) => title.replace('## Inference: ', ''))
          .sort(),
      );
    }
  });

  test('stay as they are when another shows one more', () => {
    const more = new Map(bodiesOf(91));
    expect(many.filter(([name, body]) => JSON.stringify(body) !== JSON.stringify(more.get(name)))).toHaveLength(1);
  });
});

describe('sizes', () => {
  test('are refused where all is in one stack', () => {
    const props = split(
      { ...BARE, inference: Object.fromEntries(Object.keys(services(20)!).map((name) => [name, SERVICE])) },
      StackLayout.ONE,
    );
    expect(refusals(() => assemble(props))).toEqual([
      {
        code: 'limit',
        prop: 'targets.aws.stacks',
        value: 'one',
        reason: expect.stringMatching(/^the stack housing-dev has 5\d\d resources and \d+ outputs, and CloudFormation takes 500 and 200$/),
        instead: 'write stacks: per-entry, which gives each service, cluster and pipeline a stack of its own',
      },
    ]);
  });

  const models = (n: number) => ({
    models: Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, {}])),
    tracking: { mlflow: {} },
  });

  test('are refused for what is shared, together with all else that is wrong', () => {
    const problems = refusals(() => assemble({ ...BARE, ...models(70), training: { t: { ...TRAINER, nodes: { min: 3, max: 2 } } } }));
    expect(problems).toHaveLength(2);
    expect(problems).toContainEqual({
      code: 'limit',
      prop: 'targets.aws.stacks',
      value: 'per-entry',
      reason: expect.stringMatching(/^the stack housing-dev has \d+ resources and 2\d\d outputs, and CloudFormation takes 500 and 200$/),
      instead: 'put some of its models, features, secrets or file systems into a platform of another name',
    });
  });

  test('count what other stacks read', () => {
    const app = new App();
    new MlPlatformStack(app, 'housing-dev', { ...BARE, ...models(62), inference: { predict: SERVICE }, training: { t: TRAINER } });
    expect(() => app.synth()).toThrow(/the stack housing-dev has \d+ resources and 20\d outputs, and CloudFormation takes 500 and 200/);
  });
});

describe("in a team's own stack", () => {
  const within = (fill: (stack: Stack) => void, props = {}): string[] => {
    const app = new App();
    fill(new Stack(app, 'Team', props));
    return app.synth().stacks.map((s) => s.stackName);
  };
  const inference = { predict: SERVICE };

  test('stacks are named after it', () => {
    expect(within((stack) => void new MlPlatform(stack, 'Platform', { ...BARE, inference }))).toEqual([
      'Team',
      'Team-inference-predict',
      'Team-monitoring',
    ]);
  });

  test('two platforms do not get into each other’s way', () => {
    const names = within((stack) => {
      new MlPlatform(stack, 'Prices', { ...BARE, inference });
      new MlPlatform(stack, 'Rents', { ...BARE, inference });
    });
    expect(names.sort()).toEqual([
      'Team',
      'Team-prices-inference-predict',
      'Team-prices-monitoring',
      'Team-rents-inference-predict',
      'Team-rents-monitoring',
    ]);
  });

  test('they are where the team’s stack is', () => {
    const app = new App();
    const team = new Stack(app, 'Team', { env: { account: '123456789012', region: 'eu-west-1' }, terminationProtection: true });
    const platform = new MlPlatform(team, 'Platform', { ...BARE, inference });
    const own = Stack.of(platform.inferenceService('predict'));
    expect([own.account, own.region, own.terminationProtection]).toEqual(['123456789012', 'eu-west-1', true]);
    expect(Template.fromStack(own).toJSON().Description).toBe('Machine-learning platform housing (dev): inference-predict');
  });

  test('what is built on an entry can go on in its stack', () => {
    const platform = new MlPlatform(new Stack(new App(), 'Team'), 'Platform', { ...BARE, inference });
    expect(Stack.of(platform.inferenceService('predict')).stackName).toBe('Team-inference-predict');
    expect(Stack.of(platform.monitoring).stackName).toBe('Team');
  });

  test('a nested one is refused', () => {
    expect(
      refusals(() => within((stack) => void new MlPlatform(new NestedStack(stack, 'Nested'), 'Platform', { ...BARE, inference }))),
    ).toEqual([
      {
        code: 'conflict',
        prop: 'targets.aws.stacks',
        value: 'per-entry',
        reason: 'the platform is in a nested stack, whose name is not known before it is deployed',
        instead: 'put the platform into a Stack, or write stacks: one',
      },
    ]);
  });

  test('one with a synthesizer of its own is refused', () => {
    const synthesizer = new DefaultStackSynthesizer({ qualifier: 'team' });
    expect(refusals(() => within((stack) => void new MlPlatform(stack, 'Platform', { ...BARE, inference }), { synthesizer }))).toEqual([
      {
        code: 'conflict',
        prop: 'targets.aws.stacks',
        value: 'per-entry',
        reason: 'the stack Team has a synthesizer of its own, which the stacks of entries cannot share',
        instead: 'give it to the App instead, as defaultStackSynthesizer',
      },
    ]);
  });

  test('one with too long a name is refused', () => {
    const stackName = 'T'.repeat(120);
    expect(refusals(() => within((stack) => void new MlPlatform(stack, 'Platform', { ...BARE, inference }), { stackName }))).toContainEqual(
      {
        code: 'name',
        prop: 'inference.predict',
        value: 'inference-predict',
        reason: `its stack would be called ${stackName}-inference-predict, and CloudFormation takes 128 characters`,
        instead: 'give the stack of the platform a name that is 10 characters shorter',
      },
    );
  });
});
