import { IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { LambdaInference } from '../../lib/aws/inference';
import { ContainerImage } from '../../lib/core';
import { inferenceContract } from '../contract/inference';
import { Rendered } from '../contract/room';
import { ROOM } from './helper';

const of = ({ resources }: Rendered, type: string): { readonly Properties: { readonly [name: string]: never } }[] =>
  resources.filter((r) => r.type === type).map((r) => r.body as never);

const network = (stack: Construct): IVpc | undefined =>
  !Stack.isStack(stack)
    ? undefined
    : ((stack.node.tryFindChild('Vpc') as IVpc | undefined) ??
      Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-0a1b2c3d4e5f60718',
        availabilityZones: ['eu-west-1a'],
        privateSubnetIds: ['subnet-0a1b2c3d4e5f60718'],
      }));

inferenceContract({
  ...ROOM,
  className: 'aws.LambdaInference',
  image: ContainerImage.fromReference('123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/predict:1.0'),
  make: (stack, id, props) => new LambdaInference(stack, id, { vpc: network(stack), ...props }),
  env: (rendered) => (of(rendered, 'AWS::Lambda::Function')[0].Properties.Environment as { Variables: object }).Variables as never,
  openToAnybody: (rendered) => of(rendered, 'AWS::Lambda::Url').some((url) => url.Properties.AuthType === 'NONE'),
  onTheInternet: (rendered) =>
    of(rendered, 'AWS::Lambda::Url').length > 0 ||
    of(rendered, 'AWS::ApiGateway::RestApi').some(
      (api) => !(api.Properties.EndpointConfiguration as { Types: string[] }).Types.includes('PRIVATE'),
    ),
});
