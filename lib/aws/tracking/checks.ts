import { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { Size, TrackingEngine } from '../../core';
import { Checks, isUnresolved, thousands } from '../../core/errors';
import { checkTracking, TRACKING_SERVER } from '../../core/tracking-server';
import { checkSubnets, privateSubnets } from '../private/vpc';
import { ExperimentTrackingProps } from './props';

/** A size that Fargate offers, in its own units: 1,024 to a processor, and MiB. */
export interface TaskSize {
  readonly cpu: number;
  readonly memoryMib: number;
}

/**
 * What Fargate has between half a processor and four: processors, least and most memory in GiB, of which it takes whole ones.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
const STEPS = [
  { cpu: 0.5, min: 1, max: 4 },
  { cpu: 1, min: 2, max: 8 },
  { cpu: 2, min: 4, max: 16 },
  { cpu: 4, min: 8, max: 30 },
];
const SELF_HOSTED = [
  'vpc',
  'vpcSubnets',
  'databaseSubnets',
  'image',
  'database',
  'databaseInstanceType',
  'databaseStorage',
  'performanceInsights',
  'encryptionKey',
  'servers',
  'ephemeralStorage',
  'pauseOnUpdate',
  'cluster',
  'serviceNetworkArn',
  'latticePrefixListId',
] as const;
const OF_OUR_DATABASE = [
  'databaseSubnets',
  'databaseInstanceType',
  'databaseStorage',
  'performanceInsights',
  'encryptionKey',
  'databaseHighAvailability',
  'databaseBackupRetention',
] as const;

/** Gathers all that is wrong with the props, and says which size of Fargate they amount to. */
export function settleTracking(checks: Checks, props: ExperimentTrackingProps): TaskSize {
  checkTracking(checks, props);
  const managed = props.engine === TrackingEngine.MANAGED;
  for (const prop of managed ? SELF_HOSTED : [])
    checks.require(
      props[prop] === undefined,
      'conflict',
      prop,
      undefined,
      'SageMaker runs a managed server in a network of its own',
      'leave it out, or write engine: self-hosted',
    );
  for (const prop of managed ? [] : (['serverSize', 'mlflowVersion'] as const))
    checks.require(
      props[prop] === undefined,
      'conflict',
      prop,
      props[prop],
      'it is a property of managed servers',
      'leave it out, or write engine: managed',
    );
  checks.require(
    props.mlflowVersion === undefined || /^\d+(\.\d+)+$/.test(props.mlflowVersion),
    'syntax',
    'mlflowVersion',
    props.mlflowVersion,
    'not a version',
    'write one such as 3.0',
  );
  if (managed) return { cpu: 0, memoryMib: 0 };
  checkSubnets(checks, props);
  if (props.database)
    for (const prop of OF_OUR_DATABASE)
      checks.require(props[prop] === undefined, 'conflict', prop, undefined, 'the database is yours', 'leave it out');
  else if (props.vpc) checkZones(checks, props.vpc, props);
  checks.within('servers', props.servers, 1, 10, 'one database');
  checkGibibytes(checks, 'ephemeralStorage', props.ephemeralStorage, 20, 200, 'Fargate offers');
  checkGibibytes(checks, 'databaseStorage', props.databaseStorage, 20, 6_144, 'RDS for PostgreSQL of this library takes');
  return taskSize(checks, props);
}

/** The subnets of the database. */
export function databaseSubnets(vpc: IVpc, props: Pick<ExperimentTrackingProps, 'databaseSubnets' | 'vpcSubnets'>): ISubnet[] {
  if (props.databaseSubnets) return vpc.selectSubnets(props.databaseSubnets).subnets;
  return vpc.isolatedSubnets.length ? vpc.isolatedSubnets : privateSubnets(vpc, props.vpcSubnets);
}

function checkZones(checks: Checks, vpc: IVpc, props: ExperimentTrackingProps): void {
  const subnets = databaseSubnets(vpc, props);
  const zones = new Set(subnets.map((subnet) => subnet.availabilityZone)).size;
  // Why there are none has been said already.
  checks.require(
    zones === 0 || zones >= 2,
    'limit',
    'databaseSubnets',
    undefined,
    'RDS wants subnets in two zones or more, and these are in one',
    'give a vpc with private subnets in two zones, or a database of your own',
  );
}

function checkGibibytes(checks: Checks, prop: string, size: Size | undefined, min: number, max: number, whose: string): void {
  const gib = size?.toGibibytes();
  if (gib === undefined || isUnresolved(gib)) return;
  checks.require(
    Number.isInteger(gib) && gib >= min && gib <= max,
    'limit',
    prop,
    size!.toString(),
    `${whose} ${min} to ${thousands(max)} GiB, in whole ones`,
    `write ${min}GiB to ${max}GiB`,
  );
}

function taskSize(checks: Checks, props: ExperimentTrackingProps): TaskSize {
  const cpu = props.cpu ?? TRACKING_SERVER.cpu;
  const memory = props.memory ?? TRACKING_SERVER.memory;
  const gib = Math.ceil(memory.toGibibytes());
  const largest = STEPS[STEPS.length - 1];
  checks.require(
    gib <= largest.max,
    'limit',
    'memory',
    memory.toString(),
    `Fargate offers at most ${largest.max} GiB with ${largest.cpu} processors`,
    `write ${largest.max}GiB or less`,
  );
  const step = STEPS.find((s) => s.cpu >= cpu && s.max >= gib) ?? largest;
  return { cpu: step.cpu * 1024, memoryMib: Math.max(step.min, gib) * 1024 };
}
