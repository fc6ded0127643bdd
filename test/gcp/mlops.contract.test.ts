import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { ExperimentTrackingBaseProps, FeatureStoreBaseProps, ModelRegistryBaseProps } from '../../lib/core';
import { FeatureStore } from '../../lib/gcp/feature-store';
import { ModelRegistry } from '../../lib/gcp/models';
import { SUPPORT } from '../../lib/gcp/support';
import { ExperimentTracking } from '../../lib/gcp/tracking';
import { featuresContract, modelsContract, trackingContract } from '../contract/mlops';
import { Rendered } from '../contract/room';
import { FakeNetwork, FakeRegistry, Json, PLACE, ROOM } from './helper';

const body = (rendered: Rendered, type: string): Json => rendered.resources.find((r) => r.type === type)!.body;
const container = (rendered: Rendered): Json =>
  body(rendered, 'google_cloud_run_v2_service').template.containers.find((c: Json) => c.name === 'mlflow');

trackingContract({
  ...ROOM,
  make: (stack: Construct, id: string, props: ExperimentTrackingBaseProps) =>
    new ExperimentTracking(stack, id, {
      ...PLACE,
      ...props,
      network: new FakeNetwork(stack, `${id}Network`),
      registry: new FakeRegistry(stack, `${id}Images`),
    }),
  serverEnv: (rendered) => Object.fromEntries(container(rendered).env.map(({ name, value }: Json) => [name, value])),
  serverCommand: (rendered) => [...container(rendered).command, ...container(rendered).args],
  database: (rendered) => {
    const instance = body(rendered, 'google_sql_database_instance');
    const { settings } = instance;
    return {
      keptOnDestroy: instance.lifecycle?.prevent_destroy === true,
      deletionProtected: instance.deletion_protection && settings.deletion_protection_enabled,
      standby: settings.availability_type === 'REGIONAL',
      backupDays: settings.backup_configuration.backup_retention_settings.retained_backups,
      publicAccess: settings.ip_configuration.ipv4_enabled,
    };
  },
  managed: { refusedBecause: SUPPORT['tracking.managed'].reason! },
});

modelsContract({
  ...ROOM,
  make: (stack: Construct, id: string, props: ModelRegistryBaseProps) =>
    new ModelRegistry(stack, id, {
      ...props,
      // Under the wrong root the registry has to say so, and not the server beside it.
      tracking: TerraformStack.isStack(stack)
        ? ExperimentTracking.fromTrackingServerAttributes(stack, `${id}Server`, { trackingUri: 'https://mlflow.example.com' })
        : (undefined as never),
    }),
});

featuresContract({
  ...ROOM,
  make: (stack: Construct, id: string, props: FeatureStoreBaseProps) => new FeatureStore(stack, id, { ...PLACE, ...props }),
  types: { string: 'STRING', int: 'INTEGER', float: 'FLOAT', bool: 'BOOLEAN', timestamp: 'TIMESTAMP' },
  columns: (rendered) => {
    const table: Json = rendered.resources.find((r) => r.type === 'google_bigquery_table' && r.id.includes('Table'))!.body;
    return Object.fromEntries(JSON.parse(table.schema).map(({ name, type }: Json) => [name, type]));
  },
  isOnline: (rendered) => rendered.resources.some((r) => r.type === 'google_vertex_ai_feature_online_store_featureview'),
});
