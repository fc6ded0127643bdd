import { Construct } from 'constructs';
import { FeatureType, FileSystemKind, MlPlatformProps, ModelApproval, TrackingEngine } from '../../lib/core';
import { Checks, isValidationError, Problem } from '../../lib/core/errors';
import { Facade } from '../../lib/core/facade';
import { parity } from '../../lib/core/parity';

const TARGETS = { aws: { region: 'eu-west-1' }, gcp: { project: 'acme-ml', region: 'europe-west4' } };
const TRAINER = { image: 'ghcr.io/acme/train:1', accelerator: { memoryGib: 24 } };
const PREDICT = { image: 'ghcr.io/acme/app:1' };
const LISTINGS = { entity: { name: 'listing_id' }, eventTime: 'updated_at', features: { rooms: FeatureType.INT } };

/** A platform of constructs that keep their props. */
function platform(declaration: Partial<MlPlatformProps>, wrong?: (c: Checks, props: object) => void) {
  const scope = new Construct(new Construct(undefined as never, ''), 'housing-dev');
  const facade = new Facade(scope, 'aws', { name: 'housing', targets: TARGETS, ...declaration });
  const given = new Map<string, object>();
  const construct = (id: string, props: object): Construct => {
    const made = new Construct(scope, id);
    given.set(id, props);
    const checks = new Checks(made, 'aws.Thing');
    wrong?.(checks, props);
    checks.done();
    return made;
  };
  const fileSystems = facade.fileSystems(construct);
  const secrets = facade.secrets(construct);
  const tracking = facade.tracking(construct);
  const models = facade.models(construct);
  const features = facade.features(construct);
  facade.training(construct);
  facade.inference(construct);
  return { scope, facade, given, fileSystems, secrets, tracking, models, features };
}

function problems(...args: Parameters<typeof platform>): Problem[] {
  const { facade } = platform(...args);
  try {
    facade.artifactProps();
    facade.done();
  } catch (e) {
    if (isValidationError(e)) return [...e.problems];
    throw e;
  }
  return [];
}
const lines = (...args: Parameters<typeof platform>): string[] =>
  problems(...args).map((p) => `${p.prop} ${JSON.stringify(p.value)}: ${p.reason}; ${p.instead}`);

describe('the artifact store', () => {
  const props = (artifacts: object) => platform({ storage: { artifacts }, environment: 'prod' as never }).facade.artifactProps();

  test('gets what is declared', () => {
    const { versioned, checkpointExpiry, captureExpiry, environment } = props({
      versioned: false,
      expireCheckpointsAfter: '30d',
      expireCaptureAfter: '90d',
    });
    expect([versioned, checkpointExpiry?.toDays(), captureExpiry?.toDays(), environment]).toEqual([false, 30, 90, 'prod']);
  });

  test('is left its defaults', () => {
    expect(platform({}).facade.artifactProps()).toEqual({
      versioned: undefined,
      checkpointExpiry: undefined,
      captureExpiry: undefined,
      environment: undefined,
    });
  });

  test('a time that is none is found where it is declared', () => {
    expect(problems({ storage: { artifacts: { expireCheckpointsAfter: 'soon' } } })).toMatchObject([
      { prop: expect.stringMatching(/^storage\.artifacts/), value: 'soon' },
    ]);
  });
});

describe('shared file systems', () => {
  const SCRATCH = { kind: FileSystemKind.POSIX, size: '1TiB' };

  test('fields become props', () => {
    const declared = { kind: FileSystemKind.PARALLEL, size: '1.2TiB', throughput: 250, backups: true };
    const { given } = platform({ storage: { shared: { fast: declared } }, environment: 'staging' as never });
    const { size, ...rest } = given.get('StorageSharedFast') as { size: { toString(): string } };
    expect(size.toString()).toBe('1.2TiB');
    expect(rest).toEqual({ kind: 'parallel', throughput: 250, backups: true, environment: 'staging' });
  });

  test('an entry gets what it mounts, by path', () => {
    const { facade, fileSystems } = platform({
      storage: { shared: { scratch: SCRATCH } },
      training: { trainer: { ...TRAINER, mounts: { scratch: '/mnt/scratch' } } },
    });
    expect(facade.mounts('training', 'trainer', fileSystems)).toEqual({ '/mnt/scratch': fileSystems.get('scratch') });
  });

  test('an entry that mounts nothing gets nothing', () => {
    const { facade, fileSystems } = platform({ training: { trainer: TRAINER } });
    expect(facade.mounts('training', 'trainer', fileSystems)).toBeUndefined();
  });

  test.each([
    [{ scrtch: '/mnt/a' }, 'training.trainer.mounts.scrtch "scrtch": storage.shared has no scrtch; write scratch'],
    [
      { scratch: '/data' },
      'training.trainer.mounts.scratch "/data": file systems are mounted in a folder of /mnt, which every engine allows; write /mnt/scratch',
    ],
    [
      { scratch: '/mnt/a', other: '/mnt/a' },
      'training.trainer.mounts.other "/mnt/a": scratch is mounted there already; write another path',
    ],
    [
      { scratch: '/mnt/..' },
      'training.trainer.mounts.scratch "/mnt/..": file systems are mounted in a folder of /mnt, which every engine allows; write /mnt/scratch',
    ],
    [
      { '/mnt/scratch': 'scratch' },
      'training.trainer.mounts./mnt/scratch "scratch": the name of the file system comes first, then where it is mounted; write scratch: /mnt/scratch',
    ],
    [
      { there: '/mnt/there' },
      'training.trainer.mounts.there "there": storage.shared.there goes to gcp only; add aws to storage.shared.there.on, or leave aws out of on: here',
    ],
  ])('mounts of %j are refused', (mounts, line) => {
    const shared = { scratch: SCRATCH, other: SCRATCH, there: { ...SCRATCH, on: ['gcp'] as never } };
    const only = 'scrtch' in mounts ? { scratch: SCRATCH } : shared;
    expect(lines({ storage: { shared: only }, training: { trainer: { ...TRAINER, mounts } } })).toEqual([line]);
  });

  test('a problem of the construct is found where the file system is declared', () => {
    const found = problems({ storage: { shared: { scratch: SCRATCH } } }, (c) => c.refuse('limit', 'size', '1TiB', 'too small', 'more'));
    expect(found.map((p) => p.prop)).toEqual(['storage.shared.scratch.size']);
  });
});

describe('secrets', () => {
  test('an entry gets them by variable', () => {
    const { facade, secrets, given } = platform({
      secrets: { hub: { description: 'token of the hub' } },
      inference: { predict: { ...PREDICT, secrets: { HF_TOKEN: 'hub' } } },
    });
    expect(given.get('SecretsHub')).toEqual({ description: 'token of the hub', environment: undefined });
    expect(facade.secretEnv('inference', 'predict', secrets)).toEqual({ HF_TOKEN: secrets.get('hub') });
  });

  test('one that is not declared is refused', () => {
    expect(lines({ inference: { predict: { ...PREDICT, secrets: { HF_TOKEN: 'hub' } } } })).toEqual([
      'inference.predict.secrets.HF_TOKEN "hub": secrets has no hub; declare it under secrets',
    ]);
  });
});

describe('tracking', () => {
  test('fields become props', () => {
    const mlflow = { database: { highAvailability: true, backupRetention: '14d' }, cpu: 2, memory: '4GiB' };
    const { given } = platform({ tracking: { mlflow } });
    const { databaseBackupRetention, memory, ...rest } = given.get('Tracking') as { [prop: string]: { toString(): string } };
    expect([databaseBackupRetention.toString(), memory.toString()]).toEqual(['14d', '4GiB']);
    expect(rest).toMatchObject({ databaseHighAvailability: true, cpu: 2 });
  });

  test('there is none unless it is declared for this cloud', () => {
    expect(platform({}).tracking).toBeUndefined();
    expect(platform({ tracking: { mlflow: { engine: TrackingEngine.MANAGED, on: ['gcp'] as never } } }).tracking).toBeUndefined();
  });

  test('a problem with the database is found where it is declared', () => {
    const found = problems({ tracking: { mlflow: {} } }, (c) => c.refuse('limit', 'databaseBackupRetention', '3d', 'too short', 'more'));
    expect(found.map((p) => p.prop)).toEqual(['tracking.mlflow.database.backupRetention']);
  });
});

describe('models', () => {
  const serve = (model: string, more: Partial<MlPlatformProps> = {}): Partial<MlPlatformProps> => ({
    models: { housing: {} },
    tracking: { mlflow: {} },
    inference: { predict: { ...PREDICT, model } },
    ...more,
  });

  test('fields become props', () => {
    const { given } = platform({ models: { housing: { approval: ModelApproval.AUTOMATIC, description: 'prices' } } });
    expect(given.get('ModelsHousing')).toEqual({
      modelName: 'housing',
      approval: 'automatic',
      description: 'prices',
      environment: undefined,
    });
  });

  test('a service gets the model that it serves', () => {
    const { given } = platform(serve('models:/housing/production'));
    expect(String((given.get('InferencePredict') as { model: object }).model)).toBe('models:/housing@production');
  });

  test('a job gets the name that it registers under', () => {
    const { given } = platform({
      models: { housing: {} },
      tracking: { mlflow: {} },
      training: { trainer: { ...TRAINER, model: 'housing' } },
    });
    expect(given.get('TrainingTrainer')).toMatchObject({ modelName: 'housing' });
  });

  test.each([
    [serve('models:/houses/production'), 'inference.predict.model "models:/houses/production": models has no houses; write housing'],
    [
      serve('models:/Housing'),
      'inference.predict.model "models:/Housing": not the URI of a registered model; write models:/NAME/production, or models:/NAME/3 for one version',
    ],
    [
      serve('models:/housing/production', { tracking: undefined }),
      'inference.predict.model "models:/housing/production": models are registered with and looked up at a tracking server, and AWS has none; declare tracking: { mlflow: {} }',
    ],
  ])('case %#', (declaration, line) => {
    expect(lines(declaration)).toEqual([line]);
  });

  test('a job names the model, not a version', () => {
    const declared = { models: { housing: {} }, tracking: { mlflow: {} } };
    expect(lines({ ...declared, training: { trainer: { ...TRAINER, model: 'models:/housing/production' } } })).toEqual([
      'training.trainer.model "models:/housing/production": jobs register versions under the name of a model, and this is the URI of a version; write housing',
    ]);
  });

  test('that a server cannot be made is said once, of the server', () => {
    const wrong = (c: Checks, props: object): void => {
      if ('modelName' in props && 'image' in props) c.refuse('missing', 'tracking', undefined, 'none is given', 'give one');
      if ('databaseHighAvailability' in props) c.refuse('limit', 'cpu', 9, 'too many', 'less');
    };
    const declared = { models: { housing: {} }, training: { trainer: { ...TRAINER, model: 'housing' } } };
    expect(problems({ ...declared, tracking: { mlflow: {} } }, wrong).map((p) => p.prop)).toEqual(['tracking.mlflow.cpu']);
    expect(problems(declared, wrong).map((p) => p.prop)).toEqual(['training.trainer.model']);
  });

  test('a wrong name is said once', () => {
    const wrong = (c: Checks): void => c.refuse('name', 'modelName', 'Housing', 'not a name', 'write one');
    expect(problems({ models: { Housing: {} } }, wrong).map((p) => p.prop)).toEqual(['models.Housing']);
  });

  test('a server that exists already knows its own models', () => {
    const targets = { aws: { region: 'eu-west-1', existing: { mlflow: 'https://mlflow.example.com' } } };
    expect(lines(serve('models:/theirs/production', { tracking: undefined, targets }))).toEqual([]);
  });
});

describe('feature stores', () => {
  test('fields become props', () => {
    const { given } = platform({ features: { listings: { ...LISTINGS, online: true, description: 'homes' } } });
    expect(given.get('FeaturesListings')).toEqual({ ...LISTINGS, online: true, description: 'homes', environment: undefined });
  });
});

test('the report says of every declared field what became of it', () => {
  const { scope, facade } = platform({
    storage: {
      artifacts: { versioned: true },
      shared: { scratch: { kind: FileSystemKind.POSIX }, there: { kind: FileSystemKind.POSIX, on: ['gcp'] as never } },
    },
    models: { housing: { approval: ModelApproval.REQUIRED } },
    features: { listings: LISTINGS },
  });
  facade.done();
  expect(parity.report(scope).map((e) => `${e.kind} ${e.path}: ${e.became}`)).toEqual([
    'mapped features.listings.entity.name: listing_id',
    'mapped features.listings.eventTime: updated_at',
    'mapped features.listings.features.rooms: int',
    'mapped models.housing.approval: required',
    'mapped storage.artifacts.versioned: true',
    'mapped storage.shared.scratch.kind: posix',
    'refused storage.shared.there: nothing',
  ]);
});

describe('approvers', () => {
  const AWS = 'arn:aws:iam::123456789012:role/ml-lead';
  const declare = (approvers: object, approval?: ModelApproval): Partial<MlPlatformProps> => ({
    models: { housing: { approvers, approval } },
  });

  test('are those of the cloud', () => {
    expect(platform(declare({ aws: [AWS], gcp: ['user:ada@example.com'] })).facade.approvers('housing')).toEqual([AWS]);
  });

  test('are nobody unless somebody is named', () => {
    expect(platform({ models: { housing: {} } }).facade.approvers('housing')).toEqual([]);
  });

  test.each([
    [
      declare({ aws: ['ml-lead'] }),
      'models.housing.approvers.aws.0 "ml-lead": not the ARN of a role; write one such as arn:aws:iam::123456789012:role/ml-lead',
    ],
    [
      declare({ aws: [AWS] }, ModelApproval.AUTOMATIC),
      `models.housing.approvers {"aws":["${AWS}"]}: whoever registers a version may put it into service, so that there is nothing to approve; write approval: required, or leave approvers out`,
    ],
  ])('case %#', (declaration, line) => {
    expect(lines(declaration)).toEqual([line]);
  });
});

describe('a database that exists already', () => {
  const DATABASE = { host: 'db.example.com', secretArn: 'arn:aws:secretsmanager:eu-west-1:1:secret:s', securityGroupId: 'sg-1' };
  const declare = (existing: object, more: Partial<MlPlatformProps>): Partial<MlPlatformProps> => ({
    targets: { aws: { region: 'eu-west-1', existing: { database: DATABASE, ...existing } } },
    ...more,
  });

  test('is of use to a server of the platform', () => {
    expect(lines(declare({}, { tracking: { mlflow: {} } }))).toEqual([]);
  });

  test('has its problems where it is named, and the server has its own', () => {
    const wrong = (c: Checks): void => {
      c.refuse('syntax', 'database.host', 'db', 'not a host name', 'write one such as db.example.com');
      c.refuse('limit', 'cpu', 9, 'at most 4', 'write 4');
    };
    expect(lines(declare({}, { tracking: { mlflow: {} } }), wrong)).toEqual([
      'targets.aws.existing.database.host "db": not a host name; write one such as db.example.com',
      'tracking.mlflow.cpu 9: at most 4; write 4',
    ]);
  });

  test.each([
    [declare({}, {}), 'it is for a tracking server, and none is declared; declare tracking: { mlflow: {} }, or leave it out'],
    [
      declare({}, { tracking: { mlflow: { engine: TrackingEngine.MANAGED } } }),
      'the cloud runs a managed server and its database; write engine: self-hosted, or leave it out',
    ],
    [
      declare({ mlflow: 'https://mlflow.example.com' }, { tracking: { mlflow: {} } }),
      'the MLflow server that exists already has a database of its own; leave one of existing.database and existing.mlflow out',
    ],
  ])('is refused where nothing uses it, case %#', (declaration, words) => {
    expect(lines(declaration)).toEqual([`targets.aws.existing.database undefined: ${words}`]);
  });
});

test('what is declared of a server is looked at even where one that exists already stands in for it', () => {
  const targets = { aws: { region: 'eu-west-1', existing: { mlflow: 'https://mlflow.example.com' } } };
  const scope = new Construct(new Construct(undefined as never, ''), 'housing-dev');
  const tracking = { mlflow: { database: { backupRetention: '1d' } } };
  const facade = new Facade(scope, 'aws', { name: 'housing', targets, tracking });
  expect(() => facade.done()).toThrow(
    'tracking.mlflow.database.backupRetention "1d": the managed databases of all clouds keep backups for 7 to 35 whole days; write 7d to 35d',
  );
});
