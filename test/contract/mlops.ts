import { Construct, IConstruct } from 'constructs';
import {
  Duration,
  Environment,
  ExperimentTrackingBaseProps,
  FeatureStoreBaseProps,
  FeatureType,
  IExperimentTrackingBase,
  IFeatureStoreBase,
  IModelRegistryBase,
  ModelApproval,
  ModelRegistryBaseProps,
  TrackingEngine,
} from '../../lib/core';
import { TRACKING_SERVER } from '../../lib/core/tracking-server';
import { built, problemsOf, Rendered, Room } from './room';

/** What the suite asks of the tracking of one cloud. */
export interface TrackingSubject extends Room {
  /** Makes a self-hosted server with what the cloud needs beside, and a store under `store` that gets its artifacts. */
  make(stack: Construct, id: string, props: ExperimentTrackingBaseProps): IExperimentTrackingBase;
  /** Environment of the server's container, as it is in the output. */
  serverEnv(rendered: Rendered): { readonly [name: string]: unknown };
  /** Command of the server's container. */
  serverCommand(rendered: Rendered): readonly string[];
  /** What the database's resource says, in one shape. */
  database(rendered: Rendered): {
    readonly keptOnDestroy: boolean;
    readonly deletionProtected: boolean;
    readonly standby: boolean;
    readonly backupDays: number;
    readonly publicAccess: boolean;
  };
  /** The managed engine, or why the cloud has none. */
  readonly managed: { readonly uri: RegExp } | { readonly refusedBecause: string };
}

/** What experiment tracking keeps on every cloud. */
export function trackingContract(subject: TrackingSubject): void {
  const name = `${subject.cloud}.ExperimentTracking`;
  const tracking = (props: ExperimentTrackingBaseProps = {}) => built(subject, (stack) => subject.make(stack, 'Tracking', props));

  describe(`${name} keeps the contract`, () => {
    test('the container runs the one command', () => {
      expect(subject.serverCommand(tracking().rendered)).toEqual(TRACKING_SERVER.command);
    });

    test.each([
      'PORT',
      'MLFLOW_DB_HOST',
      'MLFLOW_DB_USER',
      'MLFLOW_DB_AUTH',
      'MLFLOW_ARTIFACTS_DESTINATION',
      'MLFLOW_SERVER_ALLOWED_HOSTS',
    ])('the server is told %s', (variable) => {
      expect(subject.serverEnv(tracking().rendered)).toHaveProperty(variable);
    });

    test('no password is in the output', () => {
      const { rendered } = tracking();
      expect(subject.serverEnv(rendered)).not.toHaveProperty('MLFLOW_DB_PASSWORD');
      expect(rendered.text).not.toMatch(/"(master_?user_?password|administrator_?password|password|root_?password)":\s*"[^"$]/i);
    });

    test('the database is private', () => {
      expect(subject.database(tracking().rendered).publicAccess).toBe(false);
    });

    test('the database goes with its stack in dev', () => {
      const { keptOnDestroy, deletionProtected, standby, backupDays } = subject.database(tracking().rendered);
      expect({ keptOnDestroy, deletionProtected, standby, backupDays }).toEqual({
        keptOnDestroy: false,
        deletionProtected: false,
        standby: false,
        backupDays: 7,
      });
    });

    test('the database is kept, protected and redundant in prod', () => {
      const { keptOnDestroy, standby, backupDays } = subject.database(tracking({ environment: Environment.PROD }).rendered);
      expect({ keptOnDestroy, standby, backupDays }).toEqual({ keptOnDestroy: true, standby: true, backupDays: 14 });
    });

    test('standby and backups are what is declared', () => {
      const { standby, backupDays } = subject.database(
        tracking({ databaseHighAvailability: true, databaseBackupRetention: Duration.days(21) }).rendered,
      );
      expect({ standby, backupDays }).toEqual({ standby: true, backupDays: 21 });
    });

    test('backups of three days are refused', () => {
      expect(problemsOf(() => tracking({ databaseBackupRetention: Duration.days(3) }))).toMatchObject([
        { code: 'limit', prop: 'databaseBackupRetention', value: '3d', instead: 'write 7d to 35d' },
      ]);
    });

    test('clients get an address of https', () => {
      expect(tracking().construct.trackingUri).toMatch(/^https:\/\//);
    });

    test('the managed engine is the one of the cloud, or refused with the reason', () => {
      const managed = () => tracking({ engine: TrackingEngine.MANAGED });
      if ('uri' in subject.managed) expect(managed().construct.trackingUri).toMatch(subject.managed.uri);
      else expect(problemsOf(managed)).toMatchObject([{ code: 'unsupported', prop: 'engine', reason: subject.managed.refusedBecause }]);
    });

    test('two syntheses are byte-identical', () => {
      expect(tracking().rendered.text).toBe(tracking().rendered.text);
    });

    test('it says so when it stands under the other kind of App', () => {
      expect(() => subject.make(subject.wrongRoot(), 'Tracking', {})).toThrow(name);
    });
  });
}

/** What the suite asks of the model registry of one cloud. */
export interface ModelsSubject extends Room {
  /** Makes a registry, with a tracking server beside it where the cloud needs one. */
  make(stack: Construct, id: string, props: ModelRegistryBaseProps): IModelRegistryBase;
}

/** What a model registry keeps on every cloud. */
export function modelsContract(subject: ModelsSubject): void {
  const name = `${subject.cloud}.ModelRegistry`;
  const registry = (props: Partial<ModelRegistryBaseProps> = {}) =>
    built(subject, (stack) => subject.make(stack, 'Housing', { modelName: 'housing', ...props }));

  describe(`${name} keeps the contract`, () => {
    test('it knows its name', () => {
      expect(registry().construct.modelName).toBe('housing');
    });

    test('outputs say how a version is registered, approved and looked up', () => {
      const { construct, rendered } = registry();
      for (const command of [construct.registerCommand, construct.approveCommand, construct.resolveCommand]) expect(command).toMatch(/^\w/);
      expect(Object.keys(rendered.outputs).length).toBeGreaterThanOrEqual(3);
    });

    test.each(Object.values(ModelApproval))('approval may be %s', (approval) => {
      expect(() => registry({ approval })).not.toThrow();
    });

    test('a name that no registry takes is refused', () => {
      expect(problemsOf(() => registry({ modelName: 'House Prices' }))).toMatchObject([{ code: 'name', prop: 'modelName' }]);
    });

    test('it says so when it stands under the other kind of App', () => {
      expect(() => subject.make(subject.wrongRoot(), 'Housing', { modelName: 'housing' })).toThrow(name);
    });
  });
}

/** What the suite asks of the feature store of one cloud. */
export interface FeaturesSubject extends Room {
  /** Makes a feature store with what the cloud needs beside. */
  make(stack: Construct, id: string, props: FeatureStoreBaseProps): IFeatureStoreBase & IConstruct;
  /** How the cloud calls each type. */
  readonly types: { readonly [type in FeatureType]: string };
  /** Types of the columns, as they are in the output. */
  columns(rendered: Rendered): { readonly [column: string]: string };
  /** Whether rows can be looked up online. */
  isOnline(rendered: Rendered): boolean;
}

/** What a feature store keeps on every cloud. */
export function featuresContract(subject: FeaturesSubject): void {
  const name = `${subject.cloud}.FeatureStore`;
  const PROPS: FeatureStoreBaseProps = {
    entity: { name: 'listing_id' },
    eventTime: 'updated_at',
    features: {
      rooms: FeatureType.INT,
      sqm: FeatureType.FLOAT,
      zip: FeatureType.STRING,
      balcony: FeatureType.BOOL,
      sold: FeatureType.TIMESTAMP,
    },
  };
  const store = (props: Partial<FeatureStoreBaseProps> = {}) =>
    built(subject, (stack) => subject.make(stack, 'Listings', { ...PROPS, ...props }));

  describe(`${name} keeps the contract`, () => {
    test('its main resource is the default child', () => {
      expect(store().construct.node.defaultChild).toBeDefined();
    });

    test('every type is translated', () => {
      const { types } = subject;
      expect(subject.columns(store().rendered)).toMatchObject({
        listing_id: types.string,
        rooms: types.int,
        sqm: types.float,
        zip: types.string,
        balcony: types.bool,
        sold: types.timestamp,
      });
    });

    test('an entity may be a whole number', () => {
      const { rendered } = store({ entity: { name: 'listing_id', type: FeatureType.INT } });
      expect(subject.columns(rendered).listing_id).toBe(subject.types.int);
    });

    test('rows are looked up online where that is asked for', () => {
      expect(subject.isOnline(store().rendered)).toBe(false);
      expect(subject.isOnline(store({ online: true }).rendered)).toBe(true);
    });

    test('all that is wrong is said at once', () => {
      const problems = problemsOf(() => store({ entity: { name: 'Id', type: FeatureType.FLOAT }, features: {} }));
      expect(problems.map((p) => p.prop)).toEqual(['entity.name', 'entity.type', 'features']);
    });

    test('two syntheses are byte-identical', () => {
      expect(store().rendered.text).toBe(store().rendered.text);
    });

    test('it says so when it stands under the other kind of App', () => {
      expect(() => subject.make(subject.wrongRoot(), 'Listings', PROPS)).toThrow(name);
    });
  });
}
