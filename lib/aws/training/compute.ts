import { AllocationStrategy, EcsMachineImageType, ManagedEc2EcsComputeEnvironment } from 'aws-cdk-lib/aws-batch';
import {
  BlockDeviceVolume,
  CfnLaunchTemplate,
  EbsDeviceVolumeType,
  ISecurityGroup,
  ISubnet,
  IVpc,
  InstanceType,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  PlacementGroup,
  PlacementGroupStrategy,
} from 'aws-cdk-lib/aws-ec2';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { CfnResource, Duration as CdkDuration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Capacity, Duration, Size } from '../../core';
import { pascal } from '../../core/facade';
import { Settled } from './checks';
import { machinesOfLink } from './machines';
import { Mounts } from '../private/mounts';
import { mountingUserData, parallelOf } from './mounts';

/** What the machines of all links share. */
export interface ComputeOptions {
  readonly settled: Settled;
  readonly vpc: IVpc;
  readonly subnets: ISubnet[];
  /** The subnets were chosen by the user. */
  readonly subnetsChosen: boolean;
  readonly securityGroups: ISecurityGroup[];
  readonly instanceRole: IRole;
  readonly rootVolumeSize: Size;
  readonly maxDuration: Duration;
  readonly reservation: string | undefined;
  readonly capacityBlock: boolean;
  readonly mounts: Mounts | undefined;
}

/** Batch waits at most so long for jobs when a compute environment is updated. */
const LONGEST_UPDATE_MINUTES = 360;

/** One compute environment for each link of the capacity chain, in its order. */
export function computeEnvironments(scope: Construct, options: ComputeOptions): ManagedEc2EcsComputeEnvironment[] {
  const { capacity, nodesPerJob } = options.settled;
  const gang = nodesPerJob > 1;
  return capacity.map((link, position) => {
    const id = pascal(link);
    const reserved = link === Capacity.RESERVATION;
    const keepsIdle = position === 0 && options.settled.minNodes > 0;
    const machines = machinesOfLink(options.settled.machines, link, keepsIdle);
    const template = launchTemplate(scope, `${id}Template`, reserved, options);
    const largest = Math.max(...machines.map((m) => m.vcpu));
    const environment = new ManagedEc2EcsComputeEnvironment(scope, `${id}Compute`, {
      vpc: options.vpc,
      vpcSubnets: { subnets: subnetsOf(options, reserved) },
      securityGroups: options.securityGroups,
      images: [{ imageType: EcsMachineImageType.ECS_AL2023_NVIDIA }],
      instanceTypes: machines.map((m) => new GpuInstanceType(m.type)),
      useOptimalInstanceClasses: false,
      instanceRole: options.instanceRole,
      launchTemplate: template,
      minvCpus: keepsIdle ? options.settled.minNodes * machines[0].vcpu : 0,
      maxvCpus: options.settled.maxNodes * largest,
      spot: link === Capacity.SPOT,
      allocationStrategy:
        link === Capacity.SPOT ? AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED : AllocationStrategy.BEST_FIT_PROGRESSIVE,
      // A reservation brings its own placement.
      placementGroup:
        gang && !reserved ? new PlacementGroup(scope, `${id}Placement`, { strategy: PlacementGroupStrategy.CLUSTER }) : undefined,
      // Changes are made in place, after running jobs had their time; a replacement would have to empty the queue first.
      replaceComputeEnvironment: false,
      terminateOnUpdate: false,
      updateTimeout: CdkDuration.minutes(Math.min(options.maxDuration.toMinutes(), LONGEST_UPDATE_MINUTES)),
    });
    const resource = environment.node.defaultChild as CfnResource;
    // The L2 names no version, which means the default one, so that a changed template would never be used.
    resource.addPropertyOverride('ComputeResources.LaunchTemplate.Version', template.latestVersionNumber);
    // As the service spells it; the L2 writes it small.
    resource.addPropertyOverride('Type', 'MANAGED');
    // Batch takes them here or on the interfaces of the template, and refuses both.
    if (efaOf(options.settled)) resource.addPropertyDeletionOverride('ComputeResources.SecurityGroupIds');
    return environment;
  });
}

/** Where a reservation is, says the reservation. Everybody else is near a parallel file system, and a gang shares one zone. */
function subnetsOf({ subnets, subnetsChosen, settled, mounts }: ComputeOptions, reserved: boolean): ISubnet[] {
  if (reserved || subnetsChosen) return subnets;
  const near = parallelOf(mounts).find(([, { subnet }]) => subnet)?.[1].subnet;
  if (near) return [near];
  return settled.nodesPerJob > 1 ? subnets.slice(0, 1) : subnets;
}

function launchTemplate(scope: Construct, id: string, reserved: boolean, options: ComputeOptions): LaunchTemplate {
  const template = new LaunchTemplate(scope, id, {
    requireImdsv2: true,
    httpTokens: LaunchTemplateHttpTokens.REQUIRED,
    // Keeps the machine's role from the containers of a gang. Those of other jobs share the host's network, by Batch's design.
    httpPutResponseHopLimit: 1,
    blockDevices: [
      {
        deviceName: '/dev/xvda',
        volume: BlockDeviceVolume.ebs(options.rootVolumeSize.toGibibytes(), {
          encrypted: true,
          volumeType: EbsDeviceVolumeType.GP3,
          // Images of ten and more gigabytes are unpacked while a GPU waits.
          throughput: 500,
          deleteOnTermination: true,
        }),
      },
    ],
  });
  const resource = template.node.defaultChild as CfnLaunchTemplate;
  const parallel = parallelOf(options.mounts);
  if (parallel.length) resource.addPropertyOverride('LaunchTemplateData.UserData', mountingUserData(parallel));
  const efa = efaOf(options.settled);
  if (efa > 0) resource.addPropertyOverride('LaunchTemplateData.NetworkInterfaces', efaInterfaces(efa, options.securityGroups));
  if (reserved) {
    resource.addPropertyOverride('LaunchTemplateData.CapacityReservationSpecification', {
      CapacityReservationTarget: { CapacityReservationId: options.reservation },
    });
    if (options.capacityBlock) resource.addPropertyOverride('LaunchTemplateData.InstanceMarketOptions', { MarketType: 'capacity-block' });
  }
  return template;
}

/** Interfaces with EFA of each machine; a job of one machine has no use for them. */
function efaOf({ nodesPerJob, machines }: Settled): number {
  return nodesPerJob > 1 ? machines.smallest.efa : 0;
}

/**
 * One EFA interface on each network card: the first is the machine's primary interface, the others are second on their card.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
 */
function efaInterfaces(count: number, securityGroups: ISecurityGroup[]): object[] {
  return Array.from({ length: count }, (_, card) => ({
    Description: `EFA ${card}`,
    InterfaceType: 'efa',
    NetworkCardIndex: card,
    DeviceIndex: card === 0 ? 0 : 1,
    DeleteOnTermination: true,
    // EC2 takes this of a single interface only; machines with several never get a public address.
    ...(count === 1 ? { AssociatePublicIpAddress: false } : {}),
    Groups: securityGroups.map((g) => g.securityGroupId),
  }));
}

/** The L2 asks each type whether it is an A1, which no GPU machine is, and cannot read the names of families such as p6-b200. */
class GpuInstanceType extends InstanceType {
  public override sameInstanceClassAs(): boolean {
    return false;
  }
}
