import { Construct } from 'constructs';
import { Duration, Environment, FeatureType, ModelReference, TrackingEngine } from '../../lib/core';
import { Checks, describe as oneLine } from '../../lib/core/errors';
import { checkFeatures, FeatureStoreBaseProps } from '../../lib/core/features';
import { checkModel } from '../../lib/core/models';
import { backupDays, checkTracking, trackingServerEnv } from '../../lib/core/tracking-server';

function found(check: (c: Checks) => void): string[] {
  const checks = new Checks(new Construct(new Construct(undefined as never, 'App'), 'Thing'), 'aws.Thing');
  check(checks);
  return checks.found.map(({ construct: _, ...p }) => oneLine(p));
}

describe('a reference to a model', () => {
  test.each([
    ['models:/housing/production', 'models:/housing@production'],
    ['models:/housing@production', 'models:/housing@production'],
    ['models:/housing@challenger', 'models:/housing@challenger'],
    ['models:/my-model/3', 'models:/my-model/3'],
  ])('%s is %s to the client', (text, uri) => {
    expect(String(ModelReference.parse(text))).toBe(uri);
  });

  test.each(['housing', 'models:/housing', 'models:/Housing/production', 'models:/housing/0', 's3://bucket/model', 'models:/housing/'])(
    '%s is none',
    (text) => {
      expect(() => ModelReference.parse(text)).toThrow(
        `model "${text}": not the URI of a registered model; write models:/NAME/production, or models:/NAME/3 for one version`,
      );
    },
  );
});

describe('the tracking server', () => {
  const SERVER = {
    databaseHost: 'db.example.com',
    databaseUser: 'mlflow',
    databaseAuth: 'aws-secret',
    databaseTls: 'verify-full',
    artifacts: 's3://b/mlflow',
    allowedHosts: ['mlflow.example.com', 'localhost'],
  } as const;

  test('is told its database, artifacts and names, and no password', () => {
    expect(trackingServerEnv(SERVER)).toEqual({
      PORT: '5000',
      MLFLOW_DB_HOST: 'db.example.com',
      MLFLOW_DB_PORT: '5432',
      MLFLOW_DB_NAME: 'mlflow',
      MLFLOW_DB_USER: 'mlflow',
      MLFLOW_DB_AUTH: 'aws-secret',
      MLFLOW_DB_TLS: 'verify-full',
      MLFLOW_ARTIFACTS_DESTINATION: 's3://b/mlflow',
      MLFLOW_SERVER_ALLOWED_HOSTS: 'mlflow.example.com,localhost',
    });
  });

  test('is told whom to tell of models, and who may approve them', () => {
    const env = trackingServerEnv({ ...SERVER, events: 'eventbridge:default', identityHeader: 'aws-lattice', approvers: '{"housing":[]}' });
    expect(env).toMatchObject({ ML_EVENTS: 'eventbridge:default', ML_IDENTITY_HEADER: 'aws-lattice', ML_APPROVERS: '{"housing":[]}' });
  });

  test.each([
    [{}, 7],
    [{ environment: Environment.PROD }, 14],
    [{ environment: Environment.PROD, databaseBackupRetention: Duration.days(30) }, 30],
  ])('backups of %j are kept %d days', (props, days) => {
    expect(backupDays(props)).toBe(days);
  });

  test.each([Duration.days(6), Duration.days(36), Duration.hours(180)])('backups of %s are refused', (databaseBackupRetention) => {
    expect(found((c) => checkTracking(c, { databaseBackupRetention }))).toEqual([
      `databaseBackupRetention "${databaseBackupRetention}": the managed databases of all clouds keep backups for 7 to 35 whole days; write 7d to 35d`,
    ]);
  });

  test('a managed server has no database to set up', () => {
    expect(found((c) => checkTracking(c, { engine: TrackingEngine.MANAGED, databaseHighAvailability: true }))).toEqual([
      'databaseHighAvailability "true": the cloud runs a managed server and its database; leave it out, or write engine: self-hosted',
    ]);
  });

  test('a server of eight processors is refused', () => {
    expect(found((c) => checkTracking(c, { cpu: 8 }))).toEqual([
      'cpu 8: one tracking server allows 0.5 to 4; write a number from 0.5 to 4',
    ]);
  });
});

describe('a feature store', () => {
  const PROPS: FeatureStoreBaseProps = {
    entity: { name: 'listing_id' },
    eventTime: 'updated_at',
    features: { rooms: FeatureType.INT },
  };
  const lines = (props: Partial<FeatureStoreBaseProps>): string[] =>
    found((c) => checkFeatures(c, { ...PROPS, ...props }, { count: 2, whose: 'SageMaker' }));

  test('is right as it stands', () => {
    expect(lines({})).toEqual([]);
  });

  test.each<[Partial<FeatureStoreBaseProps>, string]>([
    [
      { features: { livingArea: FeatureType.FLOAT } },
      'features.livingArea "livingArea": a column is 1 to 63 lower-case letters, digits and underscores, a letter first; write a name such as living_area',
    ],
    [
      { entity: { name: 'id', type: FeatureType.FLOAT } },
      'entity.type "float": rows are looked up by text or by a whole number; write string or int',
    ],
    [
      { features: { listing_id: FeatureType.STRING } },
      'features.listing_id "string": it is the column of entity.name already; leave it out here',
    ],
    [{ eventTime: 'listing_id' }, 'eventTime "listing_id": it is the column of entity.name already; name another column'],
    [{ features: {} }, 'features: a group without features stores nothing; write features: { rooms: int }'],
    [
      { features: { a: FeatureType.INT, b: FeatureType.INT, c: FeatureType.INT } },
      'features 3: SageMaker takes at most 2 features in a group; divide them over several groups',
    ],
  ])('case %#', (props, line) => {
    expect(lines(props)).toEqual([line]);
  });
});

test('a model has the name that all registries take', () => {
  expect(found((c) => checkModel(c, { modelName: 'House Prices' }))).toEqual([
    'modelName "House Prices": a name is 1 to 32 lower-case letters, digits and single dashes, a letter first; write a name such as housing',
  ]);
  expect(found((c) => checkModel(c, { modelName: 'house-prices' }))).toEqual([]);
});
