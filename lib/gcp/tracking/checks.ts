import { Environment, Size, TrackingEngine } from '../../core';
import { policyOf } from '../../core/environment';
import { Checks, isUnresolved } from '../../core/errors';
import { checkImage, ContainerImage } from '../../core/image';
import { checkTracking, TRACKING_SERVER } from '../../core/tracking-server';
import { checkPulled, sizeFor } from '../private/inference-checks';
import { checkKey } from '../private/keys';
import { checkPlace } from '../private/place';
import { SUPPORT } from '../support';
import { ExperimentTrackingProps } from './props';

/** Only a database of the platform's own has these. */
const OF_OUR_DATABASE = ['databaseHighAvailability', 'databaseBackupRetention', 'databaseTier', 'queryInsights', 'kmsKeyName'] as const;

/** Props of a server with defaults filled in. */
export interface ResolvedServer {
  readonly cpu: number;
  readonly memory: Size;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly highAvailability: boolean;
  readonly databaseTier: string;
  readonly queryInsights: boolean;
}

/** Checks what a server needs, and fills in defaults. */
export function resolveServer(
  checks: Checks,
  props: ExperimentTrackingProps,
  image: ContainerImage,
  frontImage: ContainerImage,
): ResolvedServer {
  if (props.engine === TrackingEngine.MANAGED) {
    checks.refuse(
      'unsupported',
      'engine',
      TrackingEngine.MANAGED,
      SUPPORT['tracking.managed'].reason!,
      'write engine: self-hosted, or leave it out',
    );
    checks.done();
  }
  checkTracking(checks, props);
  checkPlace(checks, props.project, props.region);
  checkSubnetwork(checks, props);
  checkImage(checks, image, props.registry);
  checkImage(checks, frontImage, props.registry);
  checkPulled(checks, 'image', image, props.registry);
  checkPulled(checks, 'frontImage', frontImage, props.registry);
  const prod = props.environment === Environment.PROD;
  const { multiZone } = policyOf(props.environment);
  const minInstances = props.minInstances ?? ((props.environment ?? Environment.DEV) === Environment.DEV ? 0 : 1);
  const maxInstances = props.maxInstances ?? Math.max(prod ? 3 : 1, minInstances);
  checks.within('minInstances', props.minInstances, 0, 10, 'one database');
  checks.within('maxInstances', props.maxInstances, 1, 10, 'one database');
  checks.require(
    isUnresolved(minInstances) || isUnresolved(maxInstances) || minInstances <= maxInstances,
    'conflict',
    'minInstances',
    minInstances,
    `more than the ${maxInstances} of maxInstances`,
    `write ${maxInstances} or less`,
  );
  const databaseTier = props.databaseTier ?? (prod ? 'db-custom-2-7680' : 'db-custom-1-3840');
  checkDatabase(checks, props, databaseTier);
  const wanted = { cpu: props.cpu ?? TRACKING_SERVER.cpu, memory: props.memory ?? TRACKING_SERVER.memory };
  return {
    ...(sizeFor(checks, wanted.cpu, wanted.memory) ?? wanted),
    minInstances,
    maxInstances,
    highAvailability: props.databaseHighAvailability ?? multiZone,
    databaseTier,
    queryInsights: props.queryInsights ?? prod,
  };
}

function checkSubnetwork(checks: Checks, { region, network }: ExperimentTrackingProps): void {
  const of = /\/regions\/([^/]+)\//.exec(network.subnetworkId)?.[1];
  if (of !== undefined && !isUnresolved(of) && !isUnresolved(region))
    checks.require(of === region, 'conflict', 'network', of, `its subnetwork is not in ${region}`, `give a subnetwork in ${region}`);
}

function checkDatabase(checks: Checks, props: ExperimentTrackingProps, tier: string): void {
  const { database, network } = props;
  if (!database) {
    checkKey(checks, props.kmsKeyName);
    checks.require(
      isUnresolved(tier) || /^db-(f1-micro|g1-small|custom-\d+-\d+)$/.test(tier),
      'syntax',
      'databaseTier',
      tier,
      'not a machine of the edition Enterprise of Cloud SQL',
      'write one such as db-custom-2-7680',
    );
    // Said here, with all else that is wrong.
    checks.collect(() => network.privateServices());
    return;
  }
  for (const prop of OF_OUR_DATABASE)
    checks.require(
      props[prop] === undefined,
      'conflict',
      prop,
      typeof props[prop] === 'object' ? props[prop].toString() : props[prop],
      'the database exists already, and its owner decides that',
      'leave it out, or leave database out to get one of its own',
    );
  checks.require(
    isUnresolved(database.instance) || /^[a-z][a-z0-9-]{0,96}[a-z0-9]$/.test(database.instance),
    'name',
    'database.instance',
    database.instance,
    'not the name of an instance',
    'write its name only, without the project',
  );
  checks.require(
    isUnresolved(database.host) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(database.host),
    'syntax',
    'database.host',
    database.host,
    'not an address or a host name',
    'write its private address, such as 10.64.0.3',
  );
  checks.require(
    database.role === undefined || isUnresolved(database.role) || /^[A-Za-z_]\w{0,62}$/.test(database.role),
    'name',
    'database.role',
    database.role,
    'not the name of a role that Cloud SQL gives',
    'write letters, digits and underscores',
  );
}
