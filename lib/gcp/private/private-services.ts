import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { ComputeGlobalAddress } from '@cdktf/provider-google/lib/compute-global-address';
import { DataGoogleComputeGlobalAddress } from '@cdktf/provider-google/lib/data-google-compute-global-address';
import { ServiceNetworkingConnection } from '@cdktf/provider-google/lib/service-networking-connection';
import { refuse } from '../../core/errors';
import type { PrivateServices } from '../network';
import { enableServices } from './services';
import { TerraformData } from './terraform-data';

/** A network of this library's own. */
export interface OwnNetwork {
  readonly project: string;
  readonly networkId: string;
  readonly networkName: string;
  /** The range for the services, if users chose one. */
  readonly cidr?: string;
}

const SERVICE = 'servicenetworking.googleapis.com';
/** Enough for a few parallel file systems, which take a /23 each, beside databases, which take a /24 for each region. */
const PREFIX_LENGTH = 20;

// Cloud SQL keeps a deleted instance for days, and so long Google does not delete the connection; yet while its peering is there the network
// cannot be deleted. What the console does, and the provider does not: the peering is removed on this side.
const REMOVE_PEERING = `if command -v gcloud >/dev/null 2>&1 && gcloud compute networks peerings delete servicenetworking-googleapis-com --network "$NETWORK" --project "$PROJECT" --quiet; then
  exit 0
fi
echo "WARNING: the peering of network $NETWORK was NOT removed, and if it is still there the network cannot be deleted. Remove it, and destroy again:" >&2
echo "  gcloud compute networks peerings delete servicenetworking-googleapis-com --network $NETWORK --project $PROJECT" >&2
exit 0
`;

/**
 * Private services access of a network: a range of addresses, and a connection to the services of Google.
 *
 * @see https://cloud.google.com/vpc/docs/configure-private-services-access
 */
export function peerServices(scope: Construct, { project, networkId, networkName, cidr }: OwnNetwork): PrivateServices {
  const [address, length] = cidr?.split('/') ?? [];
  const range = new ComputeGlobalAddress(scope, 'ServicesRange', {
    project,
    name: `${networkName}-services`,
    description: 'Addresses of managed services of Google',
    purpose: 'VPC_PEERING',
    addressType: 'INTERNAL',
    address,
    prefixLength: length === undefined ? PREFIX_LENGTH : Number(length),
    network: networkId,
  });
  const removal = new TerraformData(scope, 'RemovePeering', {
    input: { network: networkName, project },
    dependsOn: [range],
    provisioners: [
      {
        type: 'local-exec',
        when: 'destroy',
        interpreter: ['sh', '-c'],
        command: REMOVE_PEERING,
        environment: { NETWORK: '${self.input.network}', PROJECT: '${self.input.project}' },
      },
    ],
  });
  const connection = new ServiceNetworkingConnection(scope, 'Services', {
    network: networkId,
    service: SERVICE,
    reservedPeeringRanges: [range.name],
    deletionPolicy: 'ABANDON',
    // Google remembers the connection of a network of this name that was destroyed before.
    updateOnCreationFail: true,
    dependsOn: [...enableServices(scope, project, 'servicenetworking'), removal],
  });
  return { rangeName: range.name, cidr: `${range.address}/${range.prefixLength}`, dependsOn: [connection] };
}

/** Private services access that a network has already. */
export function knownServices(scope: Construct, networkId: string, rangeName: string | undefined): PrivateServices {
  if (rangeName === undefined)
    refuse(
      'missing',
      'network',
      networkId,
      'the network exists already, and is not known to have private services access',
      'give the name of its allocated range as servicesRange of the network',
    );
  const range = new DataGoogleComputeGlobalAddress(scope, 'ServicesRange', {
    project: Token.isUnresolved(networkId) ? undefined : networkId.split('/')[1],
    name: rangeName,
  });
  return { rangeName, cidr: `${range.address}/${range.prefixLength}`, dependsOn: [] };
}
