import { IConstruct } from 'constructs';
import { Duration, Environment, TrackingEngine } from '../../core';
import { policyOf } from '../../core/environment';
import { Checks, isUnresolved } from '../../core/errors';
import { checkImage, ContainerImage } from '../../core/image';
import { checkTracking, TRACKING_SERVER } from '../../core/tracking-server';
import { SubnetUse } from '../network';
import { parseResourceId } from '../private/resource-id';
import { subnetFor } from '../private/subnet';
import { ExperimentTrackingProps } from './props';

/** Only a server of the platform's own has these. */
const SELF_HOSTED = [
  'image',
  'database',
  'databaseSkuName',
  'databaseGeoRedundantBackup',
  'databaseRestore',
  'minReplicas',
  'maxReplicas',
] as const;
/** Only a database of the platform's own has these. */
const OWN_DATABASE = [
  'databaseHighAvailability',
  'databaseBackupRetention',
  'databaseSkuName',
  'databaseGeoRedundantBackup',
  'databaseRestore',
] as const;
/** Replicas of the Consumption profile come in steps of a quarter processor with half a gibibyte, up to 4 and 8. */
const STEP = { cpu: 0.25, memoryGib: 0.5 };
const LARGEST = { cpu: 4, memoryGib: 8 };

/** Props of a self-hosted server with defaults filled in. */
export interface ResolvedServer {
  readonly cpu: number;
  readonly memoryGib: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly highAvailability: boolean;
  readonly skuName: string;
}

/** Checks what a self-hosted server needs, and fills in defaults. */
export function resolveServer(scope: IConstruct, checks: Checks, props: ExperimentTrackingProps, image: ContainerImage): ResolvedServer {
  checkTracking(checks, props);
  checkPlace(scope, checks, props);
  checkImage(checks, image, props.registry);
  checkFront(checks, props);
  checks.require(
    props.workspaceId === undefined,
    'conflict',
    'workspaceId',
    props.workspaceId,
    'a self-hosted server is not in an Azure ML workspace',
    'leave it out, or write engine: managed',
  );
  const production = props.environment === Environment.PROD;
  const size = sizeOf(checks, props);
  const minReplicas = props.minReplicas ?? (production ? 2 : 1);
  const maxReplicas = props.maxReplicas ?? Math.max(production ? 4 : 1, minReplicas);
  checks.within('minReplicas', props.minReplicas, 0, 30, 'one tracking server');
  checks.within('maxReplicas', props.maxReplicas, 1, 30, 'one tracking server');
  checks.require(
    minReplicas <= maxReplicas,
    'conflict',
    'minReplicas',
    minReplicas,
    `more than the ${maxReplicas} of maxReplicas`,
    `write ${maxReplicas} or less`,
  );
  const highAvailability = props.databaseHighAvailability ?? policyOf(props.environment).multiZone;
  const skuName = props.databaseSkuName ?? (highAvailability || production ? 'GP_Standard_D2ds_v5' : 'B_Standard_B1ms');
  checkDatabase(checks, props, highAvailability, skuName);
  return { ...size, minReplicas, maxReplicas, highAvailability, skuName };
}

/** Checks what the endpoint of an Azure ML workspace needs; gives the parts of its address. */
export function resolveWorkspace(checks: Checks, props: ExperimentTrackingProps): { id: string; name: string; resourceGroupName: string } {
  checkTracking(checks, props);
  for (const prop of SELF_HOSTED)
    checks.require(
      props[prop] === undefined,
      'conflict',
      prop,
      undefined,
      'the cloud runs a managed server and its database',
      'leave it out, or write engine: self-hosted',
    );
  checks.require(
    props.workspaceId !== undefined,
    'missing',
    'workspaceId',
    undefined,
    'the managed server is the MLflow endpoint of an Azure ML workspace, and none is given',
    'write workspaceId: workspace.workspaceId of a TrainingWorkspace, or engine: self-hosted',
  );
  return parseResourceId(checks, 'workspaceId', props.workspaceId ?? '${none}', 'Microsoft.MachineLearningServices/workspaces');
}

function checkPlace(scope: IConstruct, checks: Checks, props: ExperimentTrackingProps): void {
  const { network } = props;
  checks.require(
    network !== undefined,
    'missing',
    'network',
    undefined,
    'a self-hosted server answers in a network only',
    'write network: and an MlNetwork, or engine: managed',
  );
  if (!network) return;
  subnetFor(checks, network, SubnetUse.CONTAINER_APPS, scope);
  if (!props.database) subnetFor(checks, network, SubnetUse.POSTGRESQL);
}

function checkFront(checks: Checks, props: ExperimentTrackingProps): void {
  checks.require(
    props.entraClientId !== undefined,
    'missing',
    'engine',
    TrackingEngine.SELF_HOSTED,
    'the server accepts the tokens of an app registration in Entra ID, and none is given',
    'run: id=$(az ad app create --display-name ml-platform --requested-access-token-version 2 --query appId --output tsv) && az ad sp create --id $id --output none && echo $id, and write what it prints as targets.azure.entraClientId (entraClientId of the construct); or write engine: managed',
  );
  if (props.entraClientId !== undefined && !isUnresolved(props.entraClientId))
    checks.require(
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(props.entraClientId),
      'syntax',
      'entraClientId',
      props.entraClientId,
      'not the client id of an app registration',
      'write one such as 00000000-0000-0000-0000-000000000000',
    );
}

/** The smallest replica that has both processors and memory. */
function sizeOf(checks: Checks, props: ExperimentTrackingProps): { cpu: number; memoryGib: number } {
  const cpu = props.cpu ?? TRACKING_SERVER.cpu;
  const memoryGib = (props.memory ?? TRACKING_SERVER.memory).toGibibytes();
  checks.require(
    memoryGib > 0 && memoryGib <= LARGEST.memoryGib,
    'limit',
    'memory',
    props.memory?.toString(),
    `a replica of Container Apps has at most ${LARGEST.memoryGib} GiB`,
    `write ${LARGEST.memoryGib}GiB or less`,
  );
  const steps = Math.min(Math.max(Math.ceil(cpu / STEP.cpu), Math.ceil(memoryGib / STEP.memoryGib), 1), LARGEST.cpu / STEP.cpu);
  return { cpu: steps * STEP.cpu, memoryGib: steps * STEP.memoryGib };
}

function checkDatabase(checks: Checks, props: ExperimentTrackingProps, highAvailability: boolean, skuName: string): void {
  const { database, databaseRestore } = props;
  if (database) {
    for (const prop of OWN_DATABASE)
      checks.require(
        props[prop] === undefined,
        'conflict',
        prop,
        props[prop] instanceof Duration ? props.databaseBackupRetention!.toString() : undefined,
        'the database exists already, and its owner decides that',
        'leave it out, or leave database out to get one of its own',
      );
    checks.require(
      isUnresolved(database.host) || /^[a-z0-9][a-z0-9.-]*\.[a-z]+$/i.test(database.host),
      'syntax',
      'database.host',
      database.host,
      'not a host name',
      'write one such as mlflow.postgres.database.azure.com',
    );
    return;
  }
  checks.require(
    isUnresolved(skuName) || /^(B|GP|MO)_Standard_\w+$/.test(skuName),
    'syntax',
    'databaseSkuName',
    skuName,
    'not a size of a PostgreSQL flexible server',
    'write one such as GP_Standard_D2ds_v5',
  );
  checks.require(
    !highAvailability || !skuName.startsWith('B_'),
    'conflict',
    'databaseSkuName',
    skuName,
    'a burstable server cannot have a standby',
    'write one such as GP_Standard_D2ds_v5, or databaseHighAvailability: false',
  );
  if (!databaseRestore) return;
  parseResourceId(checks, 'databaseRestore.sourceServerId', databaseRestore.sourceServerId, 'Microsoft.DBforPostgreSQL/flexibleServers');
  checks.require(
    isUnresolved(databaseRestore.pointInTime) || !Number.isNaN(Date.parse(databaseRestore.pointInTime)),
    'syntax',
    'databaseRestore.pointInTime',
    databaseRestore.pointInTime,
    'not a moment',
    'write one such as 2026-11-20T08:00:00Z',
  );
}
