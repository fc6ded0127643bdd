import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { App, Stack } from 'aws-cdk-lib/core';
import { MlNetwork, MlNetworkProps, NetworkEndpoint } from '../../lib/aws/network';
import { Environment } from '../../lib/core';
import { ENV, Match, ROOM, refusals, synth } from './helper';

const network = (props?: MlNetworkProps) => synth((stack) => void new MlNetwork(stack, 'Network', props));

describe('MlNetwork', () => {
  test('has a private subnet in each of three zones and no way in', () => {
    const template = network();
    template.resourcePropertiesCountIs(
      'AWS::EC2::Subnet',
      { Tags: Match.arrayWith([{ Key: 'aws-cdk:subnet-type', Value: 'Private' }]) },
      3,
    );
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test.each([
    [Environment.DEV, 1],
    [Environment.STAGING, 1],
    [Environment.PROD, 3],
  ])('in %s it has %d NAT gateways', (environment, count) => {
    network({ environment }).resourceCountIs('AWS::EC2::NatGateway', count);
  });

  test('reaches S3 without a NAT gateway, from the private subnets', () => {
    network().hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', Match.anyValue(), '.s3']] },
      RouteTableIds: Match.arrayWith([{ Ref: Match.stringLikeRegexp('NetworkPrivateSubnet1') }]),
    });
  });

  test('keeps flow logs as long as the environment says', () => {
    const template = network({ environment: Environment.PROD });
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL' });
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Retain' });
  });

  test('asks no cloud for zones, even where account and region are known', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack', { env: ENV });
    new MlNetwork(stack, 'Network');
    expect(app.synth().manifest.missing).toBeUndefined();
  });

  test('leaves the zones of its stack as they were', () => {
    const stack = new Stack(new App(), 'Stack');
    const before = stack.availabilityZones.length;
    new MlNetwork(stack, 'Network', { zones: 4 });
    expect(stack.availabilityZones).toHaveLength(before);
  });

  test('takes two zones where a region has no third for everybody', () => {
    const stack = new Stack(new App(), 'Stack', { env: { region: 'us-west-1' } });
    expect(new MlNetwork(stack, 'Network').vpc.privateSubnets).toHaveLength(2);
  });

  test('has no NAT gateway and isolated subnets if so asked', () => {
    const template = network({ natGateways: 0 });
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    template.resourceCountIs('AWS::EC2::Subnet', 3);
  });

  test('makes the endpoints asked for, open to the network only', () => {
    const template = network({ endpoints: [NetworkEndpoint.ECR, NetworkEndpoint.LOGS], cidr: '10.7.0.0/16' });
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', PrivateDnsEnabled: true }, 2);
    template.allResourcesProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.7.0.0/16', FromPort: 443, ToPort: 443 })],
    });
  });

  test('makes no endpoint for private APIs until one is asked for', () => {
    network().resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 0);
  });

  test('shares one endpoint for private APIs, which leaves public ones reachable', () => {
    const template = synth((stack) => {
      const made = new MlNetwork(stack, 'Network');
      expect(made.apiEndpoint).toBe(made.apiEndpoint);
    });
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', PrivateDnsEnabled: false }, 1);
  });

  test('empties the default security group only if so asked', () => {
    network().resourceCountIs('Custom::VpcRestrictDefaultSG', 0);
    network({ restrictDefaultSecurityGroup: true }).resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
  });

  test('says which VPC it made', () => {
    network().hasOutput('*', { Description: 'Id of the network', Value: { Ref: Match.stringLikeRegexp('^Network') } });
  });

  test('takes a VPC that exists already, and serves private APIs in it', () => {
    const template = synth((stack) => {
      const vpc = Vpc.fromVpcAttributes(stack, 'Theirs', {
        vpcId: 'vpc-1a2b3c4d',
        availabilityZones: ['eu-west-1a'],
        privateSubnetIds: ['subnet-1'],
      });
      void MlNetwork.fromVpc(stack, 'Network', vpc).apiEndpoint;
    });
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcId: 'vpc-1a2b3c4d', SubnetIds: ['subnet-1'] });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'].map((CidrIp) =>
        Match.objectLike({ CidrIp }),
      ),
    });
  });

  test.each<[MlNetworkProps, object]>([
    [
      { zones: 9 },
      { code: 'limit', prop: 'zones', value: 9, reason: 'a VPC of this library allows 1 to 6', instead: 'write a number from 1 to 6' },
    ],
    [
      { natGateways: 4 },
      {
        code: 'limit',
        prop: 'natGateways',
        value: 4,
        reason: 'a network with that many zones allows 0 to 3',
        instead: 'write a number from 0 to 3',
      },
    ],
    [
      { cidr: '10.0.0.0/28' },
      {
        code: 'limit',
        prop: 'cidr',
        value: '10.0.0.0/28',
        reason: 'a VPC of this library has 4,096 to 65,536 addresses',
        instead: 'write a range from /16 to /20, such as 10.0.0.0/16',
      },
    ],
  ])('refuses %j', (props, problem) => {
    expect(refusals(() => network(props))).toEqual([problem]);
  });

  test('says so when it stands under the App of another library', () => {
    expect(() => new MlNetwork(ROOM.wrongRoot(), 'Network')).toThrow(
      "aws.MlNetwork 'Wrong/Network': scope: it is not below a Stack of aws-cdk-lib; put it into a Stack of an App of aws-cdk-lib",
    );
  });
});
