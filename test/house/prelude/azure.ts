// What the examples of the Azure room take for granted: names to import, and what the user owns.
import { App, TerraformStack } from 'cdktf';
import { IAppServiceInference, IImageRegistry, ILogWorkspace, INetwork, IPrincipal, IResourceGroup } from 'mlops-constructs/azure';

export * as azure from 'mlops-constructs/azure';
export * as cdktf from 'cdktf';

export type This = TerraformStack;
export declare const app: App;
export declare const group: IResourceGroup;
export declare const network: INetwork;
export declare const logs: ILogWorkspace;
export declare const registry: IImageRegistry;
export declare const service: IAppServiceInference;
export declare const identity: IPrincipal;
export declare const subscriptionId: string;
export declare const virtualNetworkId: string;
export declare const privateEndpointSubnetId: string;
export declare const appServiceSubnetId: string;
export declare const trainingSubnetId: string;
export declare const containerAppsSubnetId: string;
export declare const postgresqlSubnetId: string;
export declare const managedLustreSubnetId: string;
export declare const vaultId: string;
export declare const zoneId: string;
export declare const storageAccountId: string;
export declare const registryId: string;
export declare const workspaceId: string;
