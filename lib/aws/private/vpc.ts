import { ISubnet, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Fn, Stack } from 'aws-cdk-lib/core';
import { Checks } from '../../core/errors';

/** The subnets without public addresses: those with a way out if there are any, else the isolated ones. */
export function privateSubnets(vpc: IVpc, selection?: SubnetSelection): ISubnet[] {
  if (selection) return vpc.selectSubnets(selection).subnets;
  return vpc.privateSubnets.length ? vpc.privateSubnets : vpc.isolatedSubnets;
}

/** A network that is used without naming its subnets has to have private ones. */
export function checkSubnets(checks: Checks, props: { readonly vpc?: IVpc; readonly vpcSubnets?: SubnetSelection }): void {
  checks.require(
    !props.vpc || props.vpcSubnets !== undefined || privateSubnets(props.vpc).length > 0,
    'missing',
    'vpcSubnets',
    undefined,
    'the vpc has no private subnets, or does not say which they are',
    'give vpcSubnets, or a vpc with private subnets',
  );
}

/** The addresses of a network; of an imported one that does not say, all private ones: nothing else gets to its endpoints anyway. */
export function addressesOf(vpc: IVpc): string[] {
  try {
    return [vpc.vpcCidrBlock];
  } catch {
    return ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'];
  }
}

/**
 * Runs a constructor with zones that are chosen at deployment.
 *
 * `ec2.Vpc` reads its stack's zones even when it is given its own, and a stack with account and region answers by asking the cloud,
 * which synthesis without credentials cannot. So the stack's answer is replaced while the constructor runs.
 */
export function withoutZoneLookup<T>(stack: Stack, count: number, construct: (zones: string[]) => T): T {
  const zones = zonesAtDeployment(count);
  const own = Object.getOwnPropertyDescriptor(stack, 'availabilityZones');
  Object.defineProperty(stack, 'availabilityZones', { value: zones, configurable: true });
  try {
    return construct(zones);
  } finally {
    if (own) Object.defineProperty(stack, 'availabilityZones', own);
    else delete (stack as unknown as { availabilityZones?: string[] }).availabilityZones;
  }
}

/** How many zones a region has for certain: three, and in us-west-1 two. */
export function defaultZones(stack: Stack): number {
  return stack.region === 'us-west-1' ? 2 : 3;
}

/** The first zones of the region, by CloudFormation's own look-up. */
export function zonesAtDeployment(count: number): string[] {
  return Array.from({ length: count }, (_, i) => Fn.select(i, Fn.getAzs()));
}
