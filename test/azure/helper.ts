import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { App, Stack } from 'aws-cdk-lib/core';
import { LocalBackend, TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { ILogWorkspace } from '../../lib/azure/logs';
import { INetwork, SubnetUse } from '../../lib/azure/network';
import { IImageRegistry, ImageRegistryGrants } from '../../lib/azure/registry';
import { IPrincipal, IResourceGroup } from '../../lib/azure/resource-group';
import { Rendered, Resource, Room } from '../contract/room';

export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';

/** What was synthesized, as deep as it goes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it freely
export type Body = { readonly [attribute: string]: any };

/** A synthesized stack, with the questions that tests ask of it. */
export interface Synthesized extends Rendered {
  /** All resources of a type, without construct metadata. */
  all(type: string): Body[];
  /** The one resource of a type; fails the test if there are more or less. */
  only(type: string): Body;
  /** Value of the output whose name starts so. */
  output(start: string): string;
  /** Everything else of the stack: `variable`, `data`, `provider`. */
  readonly json: Body;
}

/** Fills a fresh stack and synthesizes it. */
export function synth(fill: (stack: TerraformStack) => void): Synthesized {
  const stack = new TerraformStack(Testing.app(), 'test');
  new LocalBackend(stack, { path: 'terraform.tfstate' });
  new AzurermProvider(stack, 'azurerm', { features: [{}], subscriptionId: SUBSCRIPTION });
  fill(stack);
  const text = Testing.synth(stack);
  const json = JSON.parse(text);
  const resources: Resource[] = Object.entries<{ [id: string]: object }>(json.resource ?? {}).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, body]) => ({
      type,
      id,
      body: Object.fromEntries(Object.entries(body).filter(([name]) => name !== '//')),
    })),
  );
  const outputs = Object.fromEntries(Object.entries<{ value: unknown }>(json.output ?? {}).map(([name, o]) => [name, o.value]));
  const all = (type: string) => resources.filter((r) => r.type === type).map((r) => r.body as object);
  return {
    resources,
    outputs,
    text,
    json,
    all,
    only: (type) => {
      expect(all(type)).toHaveLength(1);
      return all(type)[0];
    },
    output: (start) => {
      const found = Object.keys(outputs).filter((name) => name.startsWith(start));
      expect(found).toHaveLength(1);
      return outputs[found[0]] as string;
    },
  };
}

/** How the contract suites use this cloud. */
export const ROOM: Room = {
  cloud: 'azure',
  render: (fill) => synth(fill),
  wrongRoot: () => new Stack(new App(), 'wrong'),
};

const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml`;

/** A resource group that makes no resource, in a scope of its own. */
export class FakeGroup extends Construct implements IResourceGroup {
  public readonly resourceGroupName = 'ml';
  public readonly location = 'westeurope';
  public readonly resourceGroupId = ID;
  public readonly nameSeed = SUBSCRIPTION;
}

/** A network that makes no resource. */
export class FakeNetwork extends Construct implements INetwork {
  public readonly virtualNetworkId = `${ID}/providers/Microsoft.Network/virtualNetworks/ml`;
  public readonly privateEndpointSubnetId = `${this.virtualNetworkId}/subnets/endpoints`;
  public readonly appServiceSubnetId = `${this.virtualNetworkId}/subnets/apps`;
  public readonly trainingSubnetId = `${this.virtualNetworkId}/subnets/training`;

  public privateDnsZoneId(zone: string): string | undefined {
    return `${ID}/providers/Microsoft.Network/privateDnsZones/${zone}`;
  }

  public subnetId(use: SubnetUse): string | undefined {
    return `${this.virtualNetworkId}/subnets/${use}`;
  }

  public allowToPrivateEndpoints(_port: number): void {}
}

/** A registry that makes no resource and remembers who was granted what. */
export class FakeRegistry extends Construct implements IImageRegistry {
  public readonly registryName = 'acmeml';
  public readonly registryId = `${ID}/providers/Microsoft.ContainerRegistry/registries/acmeml`;
  public readonly loginServer = 'acmeml.azurecr.io';
  public readonly granted: { readonly role: 'pull' | 'push'; readonly id: string; readonly principalId: string }[] = [];
  public readonly grants: ImageRegistryGrants = {
    pull: (id: string, p: IPrincipal) => void this.granted.push({ role: 'pull', id, principalId: p.principalId }),
    push: (id: string, p: IPrincipal) => void this.granted.push({ role: 'push', id, principalId: p.principalId }),
  };

  public constructor(
    scope: Construct,
    id: string,
    public readonly buildAgentPoolName?: string,
  ) {
    super(scope, id);
  }
}

/** A log workspace that makes no resource. */
export class FakeLogs extends Construct implements ILogWorkspace {
  public readonly workspaceId = `${ID}/providers/Microsoft.OperationalInsights/workspaces/ml`;
}
