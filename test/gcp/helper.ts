import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, Stack } from 'aws-cdk-lib/core';
import { LocalBackend, TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { IMember } from '../../lib/gcp/member';
import { INetwork, PrivateServices } from '../../lib/gcp/network';
import { IImageRegistry, ImageRegistryGrants } from '../../lib/gcp/registry';
import { Rendered, Resource, Room } from '../contract/room';

/** What a synthesized file holds: tests look into it freely. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export const PLACE = { project: 'acme-ml-dev', region: 'europe-west4' } as const;

/** A synthesized stack, with the questions that tests ask of it. */
export interface Synthesized extends Rendered {
  /** All resources of a type, without construct metadata. */
  all(type: string): { readonly [attribute: string]: Json }[];
  /** The one resource of a type; fails the test if there are more or less. */
  only(type: string): { readonly [attribute: string]: Json };
  /** The one resource of a type whose id contains a word. */
  find(type: string, word: string): { readonly [attribute: string]: Json };
  /** Value of the output whose name contains a word. */
  output(word: string): string;
  /** Everything else of the stack: `data`, `provider`. */
  readonly json: { readonly [block: string]: Json };
}

/** Fills a fresh stack and synthesizes it. */
export function synth(fill: (stack: TerraformStack) => void): Synthesized {
  const stack = new TerraformStack(Testing.app(), 'test');
  new LocalBackend(stack, { path: 'terraform.tfstate' });
  new GoogleProvider(stack, 'google', { project: PLACE.project, region: PLACE.region });
  fill(stack);
  const text = Testing.synth(stack);
  const json = JSON.parse(text);
  const resources: Resource[] = Object.entries<{ [id: string]: object }>(json.resource ?? {}).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, body]) => ({
      type,
      id,
      body: Object.fromEntries(Object.entries(body).filter(([attribute]) => attribute !== '//')),
    })),
  );
  const outputs = Object.fromEntries(Object.entries<{ value: unknown }>(json.output ?? {}).map(([name, o]) => [name, o.value]));
  const bodies = (type: string, word = '') =>
    resources.filter((r) => r.type === type && r.id.includes(word)).map((r) => r.body as { [attribute: string]: Json });
  const one = <T>(found: readonly T[]): T => {
    expect(found).toHaveLength(1);
    return found[0];
  };
  return {
    resources,
    outputs,
    text,
    json,
    all: (type) => bodies(type),
    only: (type) => one(bodies(type)),
    find: (type, word) => one(bodies(type, word)),
    output: (word) => outputs[one(Object.keys(outputs).filter((name) => name.includes(word)))] as string,
  };
}

/** How the contract suites use this cloud. */
export const ROOM: Room = {
  cloud: 'gcp',
  render: (fill) => synth(fill),
  wrongRoot: () => new Stack(new App(), 'wrong'),
};

/** Somebody to grant things to. */
export const ALICE: IMember = { member: 'user:alice@example.com' };

/** A network that makes no resource. */
export class FakeNetwork extends Construct implements INetwork {
  public readonly networkId = `projects/${PLACE.project}/global/networks/ml`;
  public readonly subnetworkId = `projects/${PLACE.project}/regions/${PLACE.region}/subnetworks/ml`;
  public readonly cidr = '10.0.0.0/20';

  public privateServices(): PrivateServices {
    return { rangeName: 'ml-services', cidr: '10.64.0.0/20', dependsOn: [] };
  }
}

/** A registry that makes no resource and remembers who was granted what. */
export class FakeRegistry extends Construct implements IImageRegistry {
  public readonly repositoryId = 'images';
  public readonly repositoryUrl = `${PLACE.region}-docker.pkg.dev/${PLACE.project}/images`;
  public readonly granted: { readonly role: 'pull' | 'push'; readonly id: string; readonly member: string }[] = [];
  public readonly grants: ImageRegistryGrants = {
    pull: (id: string, m: IMember) => void this.granted.push({ role: 'pull', id, member: m.member }),
    pullFromProject: (id: string, projectNumber: string) => void this.granted.push({ role: 'pull', id, member: projectNumber }),
    push: (id: string, m: IMember) => void this.granted.push({ role: 'push', id, member: m.member }),
  };

  public throughCache(reference: string): string {
    return reference;
  }
}
