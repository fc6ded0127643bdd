import { IConstruct } from 'constructs';

/** A VPC network with one subnetwork in the platform's region, with private Google access. */
export interface INetwork extends IConstruct {
  /** `projects/P/global/networks/N`. */
  readonly networkId: string;
  /** `projects/P/regions/R/subnetworks/S`. */
  readonly subnetworkId: string;
}
