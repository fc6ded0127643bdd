import { IConnectable, Port } from 'aws-cdk-lib/aws-ec2';
import { Environment, FileSystemKind, Size } from '../../core';
import { Checks, isUnresolved, oneOf } from '../../core/errors';
import type { ISharedFileSystem, SharedFileSystemProps } from '../file-system';
import { checkSubnets } from './vpc';

/** Sizes of FSx for Lustre, in the GiB that it counts: 1,200, 2,400 and every multiple of that. */
const LUSTRE_STEP = 2_400;
const LUSTRE_LEAST = 1_200;
/** No limit of FSx is known; accounts begin with a quota of 100,800 GiB, and this is a hundred times that. */
const LUSTRE_MOST = 10_080_000;
/** MB/s for each TiB. */
const LUSTRE_THROUGHPUT = [125, 250, 500, 1_000];

/** What a size comes to, and whether it is what was asked for. */
export interface Step {
  readonly value: number;
  readonly exact: boolean;
}

/** What is wrong with the props. */
export function checkFileSystem(checks: Checks, props: SharedFileSystemProps): void {
  const posix = props.kind === FileSystemKind.POSIX;
  const most = LUSTRE_THROUGHPUT[LUSTRE_THROUGHPUT.length - 1];
  if (posix)
    checks.require(
      props.throughput === undefined,
      'conflict',
      'throughput',
      props.throughput,
      'EFS takes as much as is asked of it',
      'leave it out, or write kind: parallel',
    );
  else
    checks.require(
      props.throughput === undefined || isUnresolved(props.throughput) || (props.throughput > 0 && props.throughput <= most),
      'limit',
      'throughput',
      props.throughput,
      `FSx for Lustre offers ${oneOf(LUSTRE_THROUGHPUT.map(String))} MB/s for each TiB`,
      `write ${most} or less`,
    );
  checks.require(
    props.size === undefined || props.size.toMebibytes() > 0,
    'limit',
    'size',
    props.size?.toString(),
    'nothing fits',
    'write a size such as 1TiB',
  );
  checks.require(
    posix || props.size === undefined || lustreSize(props.size).value <= LUSTRE_MOST,
    'limit',
    'size',
    props.size?.toString(),
    'accounts begin with 100,800 GiB of FSx for Lustre, and a file system of this library has at most a hundred times that',
    'divide it over several file systems',
  );
  checks.require(
    !posix || props.artifacts === undefined,
    'conflict',
    'artifacts',
    undefined,
    'EFS cannot be linked to S3',
    'leave it out, or write kind: parallel',
  );
  checks.require(
    props.artifacts === undefined || posix || props.backups !== true,
    'conflict',
    'backups',
    true,
    'FSx backs up no file system that is linked to an artifact store',
    'leave it out, or leave artifacts out',
  );
  checks.require(
    posix || props.owner === undefined,
    'conflict',
    'owner',
    props.owner,
    'Lustre has no access points',
    'leave it out, or write kind: posix',
  );
  checks.require(
    props.owner === undefined || (Number.isInteger(props.owner) && props.owner >= 1 && props.owner <= 4_294_967_295),
    'limit',
    'owner',
    props.owner,
    'everything belongs to a user that is not the superuser, which has a number from 1',
    'write a whole number such as 1000',
  );
  checkSubnets(checks, props);
}

/**
 * Size of a Lustre file system in GiB. FSx writes TiB for a thousand of its GiB, so that `1.2TiB` is 1,200.
 *
 * @see https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystem.html
 */
export function lustreSize(size: Size | undefined): Step {
  if (!size) return { value: LUSTRE_LEAST, exact: true };
  const gib = size.toGibibytes();
  const inTheirWords = Math.round((gib / 1_024) * 1_000 * 1_000) / 1_000;
  const isStep = inTheirWords === LUSTRE_LEAST || (inTheirWords > 0 && inTheirWords % LUSTRE_STEP === 0);
  if (isStep) return { value: inTheirWords, exact: true };
  const value = gib <= LUSTRE_LEAST ? LUSTRE_LEAST : Math.ceil(gib / LUSTRE_STEP) * LUSTRE_STEP;
  return { value, exact: gib === value };
}

/** Throughput of a Lustre file system in MB/s for each TiB. */
export function throughputStep(throughput: number = LUSTRE_THROUGHPUT[0]): Step {
  const value = LUSTRE_THROUGHPUT.find((step) => step >= throughput)!;
  return { value, exact: value === throughput };
}

/** Whether it is backed up every day. */
export function backedUp({ kind, backups, environment, artifacts }: SharedFileSystemProps): boolean {
  const linked = kind === FileSystemKind.PARALLEL && artifacts !== undefined;
  return backups ?? (!linked && (environment ?? Environment.DEV) !== Environment.DEV);
}

/**
 * Lets clients reach the servers, and Lustre's servers the clients.
 *
 * @see https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
 */
export function allowMount(fileSystem: ISharedFileSystem, client: IConnectable): void {
  // From the client's side, so that the rules are in its stack, which depends on that of the file system.
  if (fileSystem.kind === FileSystemKind.POSIX) {
    client.connections.allowTo(fileSystem, Port.tcp(2049), 'NFS');
    return;
  }
  for (const port of [Port.tcp(988), Port.tcpRange(1018, 1023)]) {
    client.connections.allowTo(fileSystem, port, 'Lustre');
    client.connections.allowFrom(fileSystem, port, 'Lustre');
  }
}
