import { Construct } from 'constructs';
import {
  BuildPipelineBaseProps,
  Capacity,
  ImageOwner,
  InferenceBaseProps,
  InferenceDeclaration,
  MlPlatformProps,
  PipelineDeclaration,
  PipelineStage,
  Rollout,
  RolloutStrategy,
  TrainingBaseProps,
  TrainingDeclaration,
} from '../../lib/core';
import { Checks, isValidationError, Problem } from '../../lib/core/errors';
import { Facade, pascal } from '../../lib/core/facade';
import { parity } from '../../lib/core/parity';

const TRAINER: TrainingDeclaration = { image: 'ghcr.io/acme/train:1', accelerator: { memoryGib: 24 } };
const PREDICT: InferenceDeclaration = { image: 'ghcr.io/acme/app:1' };
const RELEASE: PipelineDeclaration = { repository: { owner: 'acme', name: 'housing' } };
const TARGETS = { aws: { region: 'eu-west-1' }, gcp: { project: 'acme-ml', region: 'europe-west4' } };

/** A platform of one cloud, of constructs that keep their props. */
function platform(
  declaration: Partial<MlPlatformProps>,
  cloud: 'aws' | 'gcp' = 'aws',
  refuse: (c: Checks, props: object) => void = () => {},
) {
  const scope = new Construct(new Construct(undefined as never, ''), 'housing-dev');
  const facade = new Facade(scope, cloud, { name: 'housing', targets: TARGETS, ...declaration });
  const given = new Map<string, object>();
  const construct = (id: string, props: object): Construct => {
    const made = new Construct(scope, id);
    given.set(id, props);
    const checks = new Checks(made, `${cloud}.Thing`);
    refuse(checks, props);
    checks.done();
    return made;
  };
  const deployed = new Map<string, string | undefined>();
  const training = facade.training(construct);
  const inference = facade.inference(construct);
  const pipelines = facade.pipelines((id, props, name, deploys) => {
    deployed.set(name, deploys);
    return construct(id, props);
  });
  return { scope, facade, given, training, inference, pipelines, deployed };
}

function problems(...args: Parameters<typeof platform>): Problem[] {
  const { facade } = platform(...args);
  try {
    facade.monitoringProps();
    facade.done();
  } catch (e) {
    if (isValidationError(e)) return [...e.problems];
    throw e;
  }
  return [];
}
const lines = (...args: Parameters<typeof platform>): string[] =>
  problems(...args).map((p) => `${p.prop} ${JSON.stringify(p.value)}: ${p.reason}; ${p.instead}`);
const train = (d: Partial<TrainingDeclaration>): Partial<MlPlatformProps> => ({ training: { trainer: { ...TRAINER, ...d } } });
const serve = (d: Partial<InferenceDeclaration>): Partial<MlPlatformProps> => ({ inference: { predict: { ...PREDICT, ...d } } });
const release = (d: Partial<PipelineDeclaration>): Partial<MlPlatformProps> => ({
  inference: { predict: PREDICT, rank: PREDICT },
  pipelines: { release: { ...RELEASE, ...d } },
});

test('a declaration without capabilities is right', () => {
  expect(lines({})).toEqual([]);
});

describe('training', () => {
  const props = (d: Partial<TrainingDeclaration>): TrainingBaseProps =>
    platform({ environment: 'staging' as never, ...train(d) }).given.get('TrainingTrainer') as TrainingBaseProps;

  test('fields become props', () => {
    const p = props({
      command: ['python', 'train.py'],
      accelerator: { type: 'L4', count: 4 },
      nodes: { min: 1, max: 5 },
      nodesPerJob: 2,
      capacity: [Capacity.ON_DEMAND],
      maxDuration: '12h',
      retries: 5,
      schedule: { cron: '0 3 * * 1', timeZone: 'Europe/Berlin' },
      env: { A: 'b' },
    });
    expect(p).toMatchObject({
      command: ['python', 'train.py'],
      acceleratorCount: 4,
      minNodes: 1,
      maxNodes: 5,
      nodesPerJob: 2,
      capacity: ['on-demand'],
      retries: 5,
      env: { A: 'b' },
      environment: 'staging',
    });
    expect([p.image.reference, p.accelerator.kind, p.maxDuration?.toHours(), p.schedule?.timeZone]).toEqual([
      'ghcr.io/acme/train:1',
      'L4',
      12,
      'Europe/Berlin',
    ]);
  });

  test('what is not said is left to the construct', () => {
    const { image, accelerator, environment, ...rest } = props({});
    expect([image.reference, accelerator.memoryGib, environment]).toEqual(['ghcr.io/acme/train:1', 24, 'staging']);
    expect(Object.values(rest).every((v) => v === undefined)).toBe(true);
  });

  test('a reservation is the one of the cloud', () => {
    expect(props({ capacity: [Capacity.RESERVATION], reservations: { aws: 'cr-1', gcp: 'projects/p' } }).reservation).toBe('cr-1');
  });

  test('what a construct finds about its reservation is found where the one of the cloud is declared', () => {
    const found = problems(train({}), 'aws', (c) => c.refuse('missing', 'reservation', undefined, 'its id is missing', 'write it'));
    expect(found.map((p) => p.prop)).toEqual(['training.trainer.reservations.aws']);
  });

  test.each([
    [{ type: 'L4', memoryGib: 24 }, 'says both type and memoryGib'],
    [{}, 'says neither type nor memoryGib'],
  ])('an accelerator of %j %s', (accelerator, reason) => {
    expect(problems(train({ accelerator }))).toMatchObject([
      { prop: 'training.trainer.accelerator', reason, instead: 'write { memoryGib: 24 } to ask by need, or { type: L4 } by name' },
    ]);
  });

  test('every wrong field is found at once, and the construct still says what else is wrong', () => {
    const found = lines(
      train({ image: 'no image', maxDuration: '12 hours', schedule: { cron: '* * *' }, accelerator: { type: 'A1' }, nodesPerJob: 99 }),
      'aws',
      (c) => {
        c.refuse('limit', 'maxDuration', '1d', 'a consequence of the default', '');
        c.refuse('limit', 'acceleratorCount', 1, 'a finding of its own', 'do');
        c.refuse('limit', 'image', 'stand-in', 'a consequence of the stand-in', '');
      },
    );
    expect(found.map((l) => l.replace(/:.*/, ''))).toEqual([
      'training.trainer.image "no image"',
      'training.trainer.accelerator.type "A1"',
      'training.trainer.maxDuration "12 hours"',
      'training.trainer.schedule.cron "* * *"',
      'training.trainer.accelerator.count 1',
    ]);
  });
});

describe('inference', () => {
  const props = (d: Partial<InferenceDeclaration>, more: Partial<MlPlatformProps> = {}): InferenceBaseProps =>
    platform({ ...serve(d), ...more }).given.get('InferencePredict') as InferenceBaseProps;

  test('fields become props', () => {
    const p = props({
      port: 9000,
      healthPath: '/up',
      cpu: 2,
      memory: '4GiB',
      timeout: '2m',
      scaling: { min: 1, max: 5, concurrency: 3 },
      access: 'public' as never,
      rollout: { strategy: RolloutStrategy.CANARY, percent: 20, interval: '5m' },
      env: { A: 'b' },
      accelerator: { type: 'L4' },
    });
    expect(p).toMatchObject({
      port: 9000,
      healthPath: '/up',
      cpu: 2,
      minInstances: 1,
      maxInstances: 5,
      concurrency: 3,
      access: 'public',
      env: { A: 'b' },
    });
    expect([p.memory?.toString(), p.timeout?.toString(), p.rollout?.percent, p.rollout?.interval.toString(), p.accelerator?.kind]).toEqual([
      '4GiB',
      '2m',
      20,
      '5m',
      'L4',
    ]);
  });

  test.each([
    [{}, Rollout.allAtOnce()],
    [{ strategy: RolloutStrategy.BLUE_GREEN }, Rollout.blueGreen()],
    [{ strategy: RolloutStrategy.CANARY }, Rollout.canary()],
  ])('a rollout of %j is %j', (rollout, expected) => {
    expect(props({ rollout }).rollout).toEqual(expected);
  });

  test('the image belongs to the stack', () => {
    expect(props({}).imageOwner).toBe(ImageOwner.STACK);
  });

  test('the image belongs to the pipeline if one deploys it on this cloud', () => {
    const by = (on?: string[]): Partial<MlPlatformProps> => ({
      pipelines: { release: { ...RELEASE, deploys: 'predict', on: on as never } },
    });
    expect([props({}, by()).imageOwner, props({}, by(['aws'])).imageOwner, props({}, by(['gcp'])).imageOwner]).toEqual([
      'pipeline',
      'pipeline',
      'stack',
    ]);
  });

  test('a stack that would undo its pipeline is refused', () => {
    expect(lines({ ...release({ deploys: 'predict' }), ...serve({ imageOwner: ImageOwner.STACK }) })).toEqual([
      'inference.predict.imageOwner "stack": pipelines.release deploys this service, and the stack would undo it; write imageOwner: pipeline, or leave it out',
    ]);
  });

  test.each(['percent', 'interval'])('%s without a canary is refused', (field) => {
    const value = field === 'percent' ? 10 : '10m';
    expect(lines(serve({ rollout: { [field]: value } }))).toEqual([
      `inference.predict.rollout.${field} ${JSON.stringify(value)}: a rollout of all-at-once has no steps; leave it out, or write strategy: canary`,
    ]);
  });

  test('a canary of no traffic is refused', () => {
    expect(lines(serve({ rollout: { strategy: RolloutStrategy.CANARY, percent: 0, interval: 'soon' } }))).toEqual([
      'inference.predict.rollout.interval "soon": not a duration; write a number and one of ms, s, m, h, d, such as 30s or 12h',
      'inference.predict.rollout.percent 0: a canary takes a whole number from 1 to 99 per cent of the traffic; write percent: 10, or strategy: all-at-once',
    ]);
  });

  test('more than one GPU per instance is refused', () => {
    expect(lines(serve({ accelerator: { type: 'L4', count: 2 } }))).toEqual([
      'inference.predict.accelerator.count 2: a serving instance has one GPU; write count: 1, or leave it out',
    ]);
  });
});

describe('pipelines', () => {
  test('fields become props', () => {
    const { given, deployed } = platform(
      release({
        repository: { owner: 'acme', name: 'housing', branch: 'trunk', provider: 'gitlab' as never },
        stages: [PipelineStage.BUILD, PipelineStage.DEPLOY],
        deploys: 'predict',
        directory: 'app',
        context: 'src',
        commands: { lint: ['ruff'], test: ['pytest'] },
        approval: true,
      }),
    );
    expect(given.get('PipelinesRelease')).toMatchObject({
      repository: { provider: 'gitlab', owner: 'acme', name: 'housing', branch: 'trunk' },
      stages: ['build', 'deploy'],
      directory: 'app',
      context: 'src',
      lintCommands: ['ruff'],
      testCommands: ['pytest'],
      approval: true,
    });
    expect(deployed.get('release')).toBe('predict');
  });

  test('a repository is on GitHub unless it says otherwise', () => {
    expect((platform(release({})).given.get('PipelinesRelease') as BuildPipelineBaseProps).repository.provider).toBe('github');
  });

  test.each([
    [{ deploys: 'predct' }, 'pipelines.release.deploys "predct": inference has no such service; write predict or rank'],
    [
      { stages: [PipelineStage.DEPLOY] },
      'pipelines.release.deploys undefined: there is a deploy stage, but nothing to deploy; write deploys: and the name of a service, or leave the stage out',
    ],
    [
      { deploys: 'predict', stages: [PipelineStage.DEPLOY] },
      'pipelines.release.stages ["deploy"]: predict is to be deployed, but the build or the deploy stage is missing; add build and deploy, or leave deploys out',
    ],
    [
      { approval: true, stages: [PipelineStage.BUILD] },
      'pipelines.release.approval true: there is no deploy stage to approve; add the deploy stage, or leave approval out',
    ],
    [
      { approval: true },
      'pipelines.release.approval true: there is no deploy stage to approve; add the deploy stage, or leave approval out',
    ],
  ])('%j is refused', (d, line) => {
    expect(lines(release(d))).toEqual([line]);
  });

  test('a service that is not declared at all is refused', () => {
    expect(lines({ pipelines: { release: { ...RELEASE, deploys: 'predict' } } })).toEqual([
      'pipelines.release.deploys "predict": inference has no such service; declare it under inference, or leave deploys out',
    ]);
  });

  test('two pipelines for one service are refused', () => {
    const d = { ...RELEASE, deploys: 'predict' };
    expect(lines({ ...serve({}), pipelines: { a: d, b: d } })).toEqual([
      'pipelines.b.deploys "predict": pipelines.a deploys it too, and they would undo each other; let one pipeline deploy it',
    ]);
  });

  test('two pipelines for one service on different clouds are right', () => {
    const d = { ...RELEASE, deploys: 'predict' };
    expect(lines({ ...serve({}), pipelines: { a: { ...d, on: ['aws' as never] }, b: { ...d, on: ['gcp' as never] } } })).toEqual([]);
  });

  test('a pipeline that goes further than its service is refused', () => {
    expect(lines({ ...serve({ on: ['aws' as never] }), pipelines: { release: { ...RELEASE, deploys: 'predict' } } })).toEqual([
      'pipelines.release.deploys "predict": the service goes to aws only; write on: [aws] here too',
    ]);
  });

  test('a pipeline whose service was refused is looked at, but not made', () => {
    const declaration = { ...release({ deploys: 'predict', approval: true, stages: [PipelineStage.BUILD] }), ...serve({}) };
    const { deployed, facade } = platform(declaration, 'aws', (c) => c.refuse('limit', 'memory', 1, 'too little', 'more'));
    expect(deployed.size).toBe(0);
    expect(() => facade.done()).toThrow(/too little[^]*build or the deploy stage is missing[^]*no deploy stage to approve/);
  });
});

describe('monitoring', () => {
  test('fields become props', () => {
    const { facade } = platform({
      monitoring: {
        notify: { email: 'a@b.cd', critical: 'x@y.zz' },
        slo: { availability: 99.9, latency: { percentile: 90, threshold: '300ms' } },
      },
    });
    const { slo, ...rest } = facade.monitoringProps();
    expect(rest).toEqual({ email: 'a@b.cd', criticalEmail: 'x@y.zz', environment: undefined });
    expect([slo?.availability, slo?.latency?.percentile, slo?.latency?.threshold.toMillis()]).toEqual([99.9, 90, 300]);
  });

  test('nothing declared is nothing asked for', () => {
    expect(platform({}).facade.monitoringProps()).toEqual({
      email: undefined,
      criticalEmail: undefined,
      slo: undefined,
      environment: undefined,
    });
  });

  test('a wrong threshold is found under its path', () => {
    expect(lines({ monitoring: { slo: { latency: { threshold: 'fast' } } } })).toEqual([
      'monitoring.slo.latency.threshold "fast": not a duration; write a number and one of ms, s, m, h, d, such as 30s or 12h',
    ]);
  });
});

describe('names', () => {
  test.each([
    ['Predict', 'predict'],
    ['myService', 'my-service'],
    ['my_service', 'my-service'],
    ['-a-', 'a'],
    ['9lives', 'lives'],
    ['a--b', 'a-b'],
    ['x'.repeat(40), 'x'.repeat(32)],
    ['123', 'a name such as predict'],
  ])('%s is refused, and %s suggested', (name, suggested) => {
    expect(lines({ inference: { [name]: PREDICT } })).toEqual([
      `inference.${name} ${JSON.stringify(name)}: a name is 1 to 32 lower-case letters, digits and single dashes, a letter first; write ${suggested}`,
    ]);
  });

  test('two names that would be one construct are refused', () => {
    expect(lines({ inference: { 'x1-2': PREDICT, 'x-12': PREDICT } })).toContain(
      'inference.x-12 "x-12": reads the same as x1-2 without its dashes; choose another name',
    );
  });

  test('become ids', () => {
    expect([pascal('my-service'), pascal('predict'), pascal('a-b-c')]).toEqual(['MyService', 'Predict', 'ABC']);
  });
});

describe('on', () => {
  test('leaves a capability out of the other clouds, and the report says so', () => {
    const declaration = serve({ on: ['gcp' as never] });
    const { scope, inference } = platform(declaration);
    expect(inference.size).toBe(0);
    expect(platform(declaration, 'gcp').inference.size).toBe(1);
    expect(parity.report(scope)).toEqual([
      { cloud: 'aws', path: 'inference.predict', kind: 'refused', became: 'nothing', reason: 'left out by inference.predict.on' },
    ]);
  });

  test('a cloud that is no target is refused', () => {
    expect(lines(serve({ on: ['aws', 'azure'] as never }))).toEqual([
      'inference.predict.on "azure": the cloud is not among targets; add targets.azure, or leave it out here',
    ]);
  });
});

describe('problems of constructs', () => {
  test('of all of them are thrown at once, under the path where each was declared', () => {
    const refuse = (c: Checks, props: object): void => {
      if ('cpu' in props) c.refuse('limit', 'maxInstances', 9, 'too many', 'write 5');
      else c.refuse('limit', 'minNodes', 9, 'too many', 'write 5');
    };
    expect(problems({ ...train({}), ...serve({}) }, 'aws', refuse).map((p) => [p.prop, p.construct])).toEqual([
      ['training.trainer.nodes.min', "aws.Thing 'housing-dev/TrainingTrainer'"],
      ['inference.predict.scaling.max', "aws.Thing 'housing-dev/InferencePredict'"],
    ]);
  });

  test.each([
    ['acceleratorCount', 'accelerator.count'],
    ['maxNodes', 'nodes.max'],
    ['minInstances', 'scaling.min'],
    ['concurrency', 'scaling.concurrency'],
    ['email', 'notify.email'],
    ['criticalEmail', 'notify.critical'],
    ['service', 'deploys'],
    ['memory', 'memory'],
  ])('%s was declared as %s', (prop, declared) => {
    const { facade, scope } = platform({});
    const made = facade.make('x', () => {
      const c = new Checks(scope, 'aws.Thing');
      c.refuse('limit', prop, 1, 'r', 'i');
      c.done();
      return scope;
    });
    expect(made).toBeUndefined();
    expect(() => facade.done()).toThrow(`aws.Thing 'housing-dev': x.${declared} 1: r; i`);
  });

  test('are told in the words of the declaration', () => {
    const { facade, scope } = platform({});
    facade.make('training.trainer', () => {
      const c = new Checks(scope, 'aws.Thing');
      c.refuse('limit', 'minNodes', 5, 'no more than 4 may run by maxNodes', 'write 4 or less, or raise maxNodes');
      c.done();
      return scope;
    });
    expect(() => facade.done()).toThrow(
      "aws.Thing 'housing-dev': training.trainer.nodes.min 5: no more than 4 may run by nodes.max; write 4 or less, or raise nodes.max",
    );
  });

  test('a fault of ours is not swallowed', () => {
    const { facade } = platform({});
    expect(() =>
      facade.make('x', () => {
        throw new TypeError('ours');
      }),
    ).toThrow('ours');
  });

  test('what breaks because something was refused before is no problem of its own', () => {
    const { facade, scope } = platform(serve({ memory: '2GB' }));
    facade.make('monitoring', () => {
      throw new TypeError('cannot read properties of undefined');
    });
    expect(facade.make('y', () => scope)).toBe(scope);
    expect(() => facade.done()).toThrow(/^aws.MlPlatform 'housing-dev': inference.predict.memory "2GB": not a size[^\n]*$/);
  });
});

test('what a construct notes is reported under the path where it was declared', () => {
  const { scope, training } = platform(train({}));
  parity.mapped(training.get('trainer')!, 'aws', 'accelerator', 'g6.xlarge');
  expect(parity.report(scope)[0].path).toBe('training.trainer.accelerator');
});
