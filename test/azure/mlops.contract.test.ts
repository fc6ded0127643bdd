import { Construct } from 'constructs';
import { FeatureStore } from '../../lib/azure/feature-store';
import { ModelRegistry } from '../../lib/azure/models';
import { ExperimentTracking } from '../../lib/azure/tracking';
import { ContainerImage, TrackingEngine } from '../../lib/core';
import { featuresContract, modelsContract, trackingContract } from '../contract/mlops';
import { Rendered } from '../contract/room';
import { CLIENT, FakeTracking } from './fake-tracking';
import { Body, FakeGroup, FakeNetwork, ROOM, SUBSCRIPTION } from './helper';

const WORKSPACE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/ws`;

const of = ({ resources }: Rendered, type: string): Body => resources.find((r) => r.type === type)!.body as Body;
const container = (rendered: Rendered): Body => of(rendered, 'azurerm_container_app').template.container[0];
const place = (scope: Construct, id: string) => ({
  resourceGroup: new FakeGroup(scope, `${id}Group`),
  network: new FakeNetwork(scope, `${id}Network`),
});

trackingContract({
  ...ROOM,
  make: (stack, id, props) =>
    new ExperimentTracking(stack, id, {
      ...place(stack, id),
      image: props.engine === TrackingEngine.MANAGED ? undefined : ContainerImage.fromReference('ghcr.io/acme/mlflow:3'),
      workspaceId: props.engine === TrackingEngine.MANAGED ? WORKSPACE : undefined,
      entraClientId: CLIENT,
      ...props,
    }),
  serverEnv: (rendered) =>
    Object.fromEntries(container(rendered).env.map(({ name, value }: { name: string; value: string }) => [name, value])),
  serverCommand: (rendered) => container(rendered).command,
  database: (rendered) => {
    const body = of(rendered, 'azurerm_postgresql_flexible_server');
    const keptOnDestroy = body.lifecycle?.prevent_destroy === true;
    return {
      keptOnDestroy,
      // Azure has no such switch for a server; what keeps it is Terraform.
      deletionProtected: keptOnDestroy,
      standby: body.high_availability?.mode === 'ZoneRedundant',
      backupDays: body.backup_retention_days,
      publicAccess: body.public_network_access_enabled,
    };
  },
  managed: { uri: /^azureml:\/\/westeurope\.api\.azureml\.ms\/mlflow\/v1\.0\/subscriptions\// },
});

modelsContract({
  ...ROOM,
  make: (stack, id, props) => new ModelRegistry(stack, id, { tracking: new FakeTracking(stack, `${id}Tracking`), ...props }),
});

featuresContract({
  ...ROOM,
  make: (stack, id, props) => new FeatureStore(stack, id, { ...place(stack, id), ...props }),
  types: { string: 'string', int: 'long', float: 'double', bool: 'boolean', timestamp: 'datetime' },
  columns: ({ outputs }) => {
    const text = outputs[Object.keys(outputs).find((name) => name.includes('Columns'))!] as string;
    return Object.fromEntries([...text.matchAll(/- name: (\w+)\n\s+type: (\w+)/g)].map(([, name, type]) => [name, type]));
  },
  isOnline: ({ resources }) => resources.some((r) => r.type === 'azurerm_redis_cache'),
});
