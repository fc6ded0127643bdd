import { Match, Template } from 'aws-cdk-lib/assertions';
import { IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { App, Stack } from 'aws-cdk-lib/core';
import { Testing, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { Problem } from '../../lib/core/errors';
import { Rendered, Room } from '../contract/room';

/** A stack with account and region, as the example has: CDK asks the cloud for zones there, unless it is kept from it. */
export const ENV = { account: '123456789012', region: 'eu-west-1' };

/** The template of a stack that `fill` fills. */
export function synth(fill: (stack: Stack) => void): Template {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  fill(stack);
  return Template.fromStack(stack);
}

/** How the contract suites use AWS. */
export const ROOM: Room = {
  cloud: 'aws',
  render: (fill) => render(synth(fill as (stack: Stack) => void)),
  wrongRoot: (): Construct => new TerraformStack(Testing.app(), 'Wrong'),
};

/** A template as the contract suites read it. */
export function render(template: Template): Rendered {
  const { Resources = {}, Outputs = {} } = template.toJSON();
  return {
    resources: Object.entries(Resources).map(([id, resource]) => {
      const { Type: type, ...body } = resource as { Type: string; Metadata?: unknown };
      delete body.Metadata;
      return { type, id, body };
    }),
    outputs: Outputs,
    text: JSON.stringify({ Resources, Outputs }),
  };
}

/** All problems that a function throws, as their fields. */
export function refusals(f: () => unknown): Pick<Problem, 'code' | 'prop' | 'value' | 'reason' | 'instead'>[] {
  try {
    f();
  } catch (e) {
    const problems = (e as { problems?: Problem[] }).problems;
    if (!problems) throw e;
    return problems.map(({ code, prop, value, reason, instead }) => ({ code, prop, value, reason, instead }));
  }
  throw new Error('nothing was refused');
}

/** The properties of the only resource of a type, or of the one whose logical id starts so. */
export function properties(template: Template, type: string, idStart = ''): { readonly [name: string]: never } {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(idStart));
  if (found.length !== 1) throw new Error(`there are ${found.length} ${type} that start with '${idStart}'`);
  return found[0][1].Properties;
}

/** All statements of the policies of a role, inline or attached. */
export function statementsOf(template: Template, roleStart: string): { Action: unknown; Resource: unknown; Condition?: unknown }[] {
  const ids = Object.keys(template.findResources('AWS::IAM::Role')).filter((id) => id.startsWith(roleStart));
  const inline = ids.flatMap((id) => template.findResources('AWS::IAM::Role')[id].Properties.Policies ?? []);
  const attached = Object.values(template.findResources('AWS::IAM::Policy'))
    .map((p) => p.Properties)
    .filter((p) => p.Roles?.some((r: { Ref?: string }) => r.Ref && ids.includes(r.Ref)));
  return [...inline, ...attached].flatMap((p) => p.PolicyDocument.Statement);
}

/** A VPC that was imported without private subnets. */
export function bareVpc(stack: Stack): IVpc {
  return Vpc.fromVpcAttributes(stack, 'Bare', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'], publicSubnetIds: ['subnet-p'] });
}

/** What is said of it. */
export const BARE_VPC = {
  code: 'missing',
  prop: 'vpcSubnets',
  value: undefined,
  reason: 'the vpc has no private subnets, or does not say which they are',
  instead: 'give vpcSubnets, or a vpc with private subnets',
};

export { Match };
