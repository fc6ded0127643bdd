import { ITerraformDependable } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { ComputeFirewall } from '@cdktf/provider-google/lib/compute-firewall';
import { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import { ComputeRouter } from '@cdktf/provider-google/lib/compute-router';
import { ComputeRouterNat } from '@cdktf/provider-google/lib/compute-router-nat';
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import { Environment } from '../core';
import { policyOf } from '../core/environment';
import { Checks, isUnresolved } from '../core/errors';
import { parity } from '../core/parity';
import { nameIn } from './private/names';
import { checkPlace } from './private/place';
import { knownServices, peerServices } from './private/private-services';
import { checksFor } from './private/root';
import { enableServices } from './private/services';
import { acknowledge } from './private/acknowledge';

/** A VPC network with one subnetwork in the platform's region, with private Google access. */
export interface INetwork extends IConstruct {
  /** `projects/P/global/networks/N`. */
  readonly networkId: string;
  /** `projects/P/regions/R/subnetworks/S`. */
  readonly subnetworkId: string;
  /** Addresses of the subnetwork, such as `10.0.0.0/20`; absent where they are not known. */
  readonly cidr?: string;
  /**
   * Lets managed services of Google (Cloud SQL, Managed Lustre) have addresses in the network: private services access.
   *
   * A network of this library is connected when the first construct asks for it, once however many do.
   *
   * @throws a problem if the network exists already and is not known to be connected
   */
  privateServices(): PrivateServices;
}

/** A network's connection to the managed services of Google. */
export interface PrivateServices {
  /** Name of the range that is kept for the services, for `allocated_ip_range` and the like. */
  readonly rangeName: string;
  /** Addresses of that range; as Terraform knows them, which is after deployment. */
  readonly cidr: string;
  /** What a resource with an address in the range has to depend on. */
  readonly dependsOn: ITerraformDependable[];
}

/** A network that exists already. */
export interface NetworkAttributes {
  /** Self link or `projects/P/global/networks/N`. */
  readonly networkId: string;
  /** Self link or `projects/P/regions/R/subnetworks/S`; it must have private Google access. */
  readonly subnetworkId: string;
  /**
   * Addresses of the subnetwork, such as `10.0.0.0/20`: who may mount what is made in it.
   *
   * @default - not known: everybody in the network may
   */
  readonly cidr?: string;
  /**
   * Name of the range that the network's private services access has, such as `google-managed-services-default`.
   * `gcloud services vpc-peerings list --network NETWORK` shows it.
   *
   * @default - there is none: what needs one, such as a database or a parallel file system, is refused
   */
  readonly servicesRange?: string;
}

/** Options of a network. */
export interface MlNetworkProps {
  /** Project id. No default: it decides who pays. */
  readonly project: string;
  /** Region of the subnetwork. No default: data must not land where nobody chose. */
  readonly region: string;
  /**
   * Addresses of the subnetwork, /8 to /26: each training machine and each Cloud Run instance in the network takes some.
   *
   * @default "10.0.0.0/20" - 4,092 addresses
   * @see https://cloud.google.com/vpc/docs/subnets#valid-ranges
   */
  readonly cidr?: string;
  /**
   * First address and size of the range that managed services of Google get their addresses from, /16 to /22; reserved when the first
   * construct needs it. It cannot be changed while a service has an address in it.
   *
   * @default - a /20 that Google chooses, which leaves the subnetwork's addresses alone
   * @see https://cloud.google.com/vpc/docs/configure-private-services-access
   */
  readonly servicesCidr?: string;
  /**
   * Machines without a public address reach the internet (GPU drivers, package indexes, image registries elsewhere) through Cloud NAT.
   * Training needs it.
   * It costs by the hour and machine while machines run, nothing when none does.
   *
   * @default true
   */
  readonly nat?: boolean;
  /**
   * Flows are logged: half of them, aggregated over ten minutes.
   *
   * @default - in staging and prod
   */
  readonly flowLogs?: boolean;
  /**
   * Largest packet in bytes, 1300 to 8896. Jumbo packets make training over several machines faster.
   *
   * @default 1460
   * @see https://cloud.google.com/vpc/docs/mtu
   */
  readonly mtu?: number;
  /**
   * What the network is for.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/**
 * A private network for training machines and services, from which nothing is reachable by the internet.
 *
 * Defines a VPC network without automatic subnetworks, one subnetwork with private Google access (Cloud Storage and Artifact Registry
 * are reached without the internet), Cloud NAT on a router, and a firewall rule that denies and logs what no other rule allows in.
 * What may come in is opened by the construct that needs it, for its own service account only.
 *
 * Costs nothing when no machine runs, flow logs aside.
 *
 * @example
 * const network = new gcp.MlNetwork(this, 'Network', { project: 'acme-ml-dev', region: 'europe-west4' });
 *
 * @see https://cloud.google.com/vpc/docs/private-google-access
 */
export class MlNetwork extends Construct implements INetwork {
  /** A network that exists already; nothing about it is changed. */
  public static fromNetworkAttributes(scope: Construct, id: string, attributes: NetworkAttributes): INetwork {
    return new ImportedNetwork(scope, id, attributes);
  }

  public readonly networkId: string;
  public readonly subnetworkId: string;
  public readonly cidr?: string;
  private readonly connect: () => PrivateServices;
  private services?: PrivateServices;

  public constructor(scope: Construct, id: string, props: MlNetworkProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.MlNetwork');
    const { project, region, cidr = '10.0.0.0/20', servicesCidr } = props;
    checkPlace(checks, project, region);
    checkCidr(checks, 'cidr', cidr, 8, 26);
    if (servicesCidr !== undefined) {
      checkCidr(checks, 'servicesCidr', servicesCidr, 16, 22);
      checkApart(checks, cidr, servicesCidr);
    }
    checks.within('mtu', props.mtu, 1300, 8896, 'a VPC network');
    checks.done();
    const prod = policyOf(props.environment).multiZone;
    const name = nameIn(this, project, { max: 54 });

    const network = new ComputeNetwork(this, 'Resource', {
      project,
      name,
      autoCreateSubnetworks: false,
      routingMode: 'REGIONAL',
      mtu: props.mtu,
      dependsOn: enableServices(this, project, 'compute'),
    });
    const flowLogs = props.flowLogs ?? (props.environment ?? Environment.DEV) !== Environment.DEV;
    if (!flowLogs) acknowledge(this, { 'subnetwork-flow-logs': 'flowLogs asks for them; in dev they cost more than they tell.' });
    const subnetwork = new ComputeSubnetwork(this, 'Subnetwork', {
      project,
      region,
      name,
      network: network.id,
      ipCidrRange: cidr,
      privateIpGoogleAccess: true,
      logConfig: flowLogs ? { aggregationInterval: 'INTERVAL_10_MIN', flowSampling: 0.5, metadata: 'INCLUDE_ALL_METADATA' } : undefined,
    });
    if (props.nat ?? true) {
      const router = new ComputeRouter(this, 'Router', { project, region, name, network: network.id });
      new ComputeRouterNat(this, 'Nat', {
        project,
        region,
        name,
        router: router.name,
        natIpAllocateOption: 'AUTO_ONLY',
        sourceSubnetworkIpRangesToNat: 'LIST_OF_SUBNETWORKS',
        subnetwork: [{ name: subnetwork.id, sourceIpRangesToNat: ['PRIMARY_IP_RANGE'] }],
        // A training machine that loads many packages at once runs out of the 64 ports that NAT gives by default.
        enableDynamicPortAllocation: true,
        enableEndpointIndependentMapping: false,
        minPortsPerVm: prod ? 256 : 64,
        maxPortsPerVm: 4096,
        logConfig: { enable: true, filter: 'ERRORS_ONLY' },
      });
    }
    new ComputeFirewall(this, 'DenyIngress', {
      project,
      name: `${name}-deny-in`,
      network: network.id,
      description: 'Denies and logs what no rule of higher priority allows in.',
      direction: 'INGRESS',
      priority: 65534,
      deny: [{ protocol: 'all' }],
      sourceRanges: ['0.0.0.0/0'],
      logConfig: { metadata: 'EXCLUDE_ALL_METADATA' },
    });
    this.networkId = network.id;
    this.subnetworkId = subnetwork.id;
    this.cidr = cidr;
    this.connect = () => peerServices(this, { project, networkId: network.id, networkName: name, cidr: servicesCidr });
    parity.mapped(
      this,
      'gcp',
      '',
      `VPC network with one private subnetwork in ${region}${(props.nat ?? true) ? ', Cloud NAT' : ''}, private Google access`,
    );
  }

  public privateServices(): PrivateServices {
    return (this.services ??= this.connect());
  }
}

class ImportedNetwork extends Construct implements INetwork {
  public readonly networkId: string;
  public readonly subnetworkId: string;
  public readonly cidr?: string;
  private readonly servicesRange?: string;
  private services?: PrivateServices;

  public constructor(scope: Construct, id: string, attributes: NetworkAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.MlNetwork');
    this.cidr = attributes.cidr;
    if (this.cidr !== undefined) checkCidr(checks, 'cidr', this.cidr, 8, 29);
    this.servicesRange = attributes.servicesRange;
    if (this.servicesRange !== undefined && !isUnresolved(this.servicesRange))
      checks.require(
        /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(this.servicesRange),
        'name',
        'servicesRange',
        this.servicesRange,
        'not the name of an allocated range',
        'write its name only, such as google-managed-services-default',
      );
    this.networkId = path(checks, 'networkId', attributes.networkId, /^projects\/[^/]+\/global\/networks\/[^/]+$/, NETWORK_FORM);
    this.subnetworkId = path(
      checks,
      'subnetworkId',
      attributes.subnetworkId,
      /^projects\/[^/]+\/regions\/[^/]+\/subnetworks\/[^/]+$/,
      SUBNETWORK_FORM,
    );
    checks.done();
  }

  public privateServices(): PrivateServices {
    return (this.services ??= knownServices(this, this.networkId, this.servicesRange));
  }
}

const NETWORK_FORM = 'projects/P/global/networks/N';
const SUBNETWORK_FORM = 'projects/P/regions/R/subnetworks/S';

function path(checks: Checks, prop: string, link: string, form: RegExp, words: string): string {
  if (isUnresolved(link)) return link;
  const short = link.replace(/^https:\/\/[^/]+\/compute\/[^/]+\//, '');
  checks.require(form.test(short), 'syntax', prop, link, 'not the path of such a resource', `write ${words}`);
  return short;
}

function checkCidr(checks: Checks, prop: string, cidr: string, largest: number, smallest: number): void {
  if (isUnresolved(cidr)) return;
  const block = parse(cidr);
  const ok = block !== undefined && block.bits >= largest && block.bits <= smallest && block.first % block.size === 0;
  checks.require(
    ok,
    'limit',
    prop,
    cidr,
    `not the first address of a block from /${largest} to /${smallest}`,
    `write a block such as ${prop === 'cidr' ? '10.0.0.0/20' : '10.64.0.0/20'}`,
  );
}

function checkApart(checks: Checks, cidr: string, servicesCidr: string): void {
  const [a, b] = [parse(cidr), parse(servicesCidr)];
  checks.require(
    !a || !b || a.first + a.size <= b.first || b.first + b.size <= a.first,
    'conflict',
    'servicesCidr',
    servicesCidr,
    `the subnetwork has addresses of it, ${cidr}`,
    'write a block apart from it, or leave it out',
  );
}

function parse(cidr: string): { readonly first: number; readonly bits: number; readonly size: number } | undefined {
  const m = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  const [a, b, c, d, bits] = m?.slice(1).map(Number) ?? [];
  if (!m || [a, b, c, d].some((p) => p > 255)) return undefined;
  return { first: ((a * 256 + b) * 256 + c) * 256 + d, bits, size: 2 ** (32 - bits) };
}
