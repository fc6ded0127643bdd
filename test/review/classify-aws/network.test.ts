import { findNetwork } from '../../../lib/review/classify/aws/network';
import { Body } from '../../../lib/review/model';
import { either, findings, PARAMETER } from './change';

const GROUP = 'AWS::EC2::SecurityGroup';
const https = (x: Body): Body => ({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...x });
const lets = (...SecurityGroupIngress: unknown[]): Body => ({ GroupDescription: 'g', SecurityGroupIngress });
const told = (type: string, before: Body | undefined, after: Body | undefined) => findings(findNetwork, type, before, after);
const OFFICE = { CidrIp: '10.0.0.0/8' };
const ANYONE = { CidrIp: '0.0.0.0/0' };

describe('who reaches a security group', () => {
  test.each([
    ['anyone', lets(), lets(https(ANYONE)), 'Anyone on the internet (0.0.0.0/0) can newly reach the members of Thing on tcp 443.'],
    [
      'anyone by IPv6',
      lets(https(ANYONE)),
      lets(https(ANYONE), https({ CidrIpv6: '::/0' })),
      'Anyone on the internet (::/0) can newly reach the members of Thing on tcp 443.',
    ],
    [
      'anyone instead of a network',
      lets(https(OFFICE)),
      lets(https(ANYONE)),
      'Anyone on the internet (0.0.0.0/0) can newly reach the members of Thing on tcp 443.',
    ],
    [
      'a wider network',
      lets(https({ CidrIp: '10.1.0.0/16' })),
      lets(https(OFFICE)),
      '10.0.0.0/8 can newly reach the members of Thing on tcp 443.',
    ],
    [
      'a network beside the other',
      lets(https({ CidrIp: '10.1.0.0/16' })),
      lets(https({ CidrIp: '10.2.0.0/16' })),
      '10.2.0.0/16 can newly reach the members of Thing on tcp 443.',
    ],
    ['a network by IPv6', lets(), lets(https({ CidrIpv6: 'fd00::/8' })), 'fd00::/8 can newly reach the members of Thing on tcp 443.'],
    [
      'members of a group, by its name as it is written',
      lets(),
      lets(https({ SourceSecurityGroupId: { 'Fn::GetAtt': ['ApiGroup', 'GroupId'] } })),
      'ApiGroup can newly reach the members of Thing on tcp 443.',
    ],
    ['a prefix list', lets(), lets(https({ SourcePrefixListId: 'pl-1' })), 'pl-1 can newly reach the members of Thing on tcp 443.'],
    [
      'more ports',
      lets(https(OFFICE)),
      lets(https({ ...OFFICE, ToPort: 8443 })),
      '10.0.0.0/8 can newly reach the members of Thing on tcp 443 to 8443.',
    ],
    [
      'every port of a protocol',
      lets(),
      lets({ IpProtocol: 'udp', FromPort: 0, ToPort: 65535, ...OFFICE }),
      '10.0.0.0/8 can newly reach the members of Thing on any udp port.',
    ],
    [
      'every port',
      lets(https(OFFICE)),
      lets({ IpProtocol: '-1', ...OFFICE }),
      '10.0.0.0/8 can newly reach the members of Thing on any port.',
    ],
    [
      'another protocol',
      lets(https(OFFICE)),
      lets(https({ ...OFFICE, IpProtocol: '17' })),
      '10.0.0.0/8 can newly reach the members of Thing on udp 443.',
    ],
    [
      'a kind of message',
      lets(),
      lets({ IpProtocol: 'icmp', FromPort: 8, ToPort: 0, ...OFFICE }),
      '10.0.0.0/8 can newly reach the members of Thing on icmp type 8.',
    ],
    [
      'every kind of message',
      lets({ IpProtocol: '1', FromPort: 8, ToPort: 0, ...OFFICE }),
      lets({ IpProtocol: 'icmp', FromPort: -1, ToPort: -1, ...OFFICE }),
      '10.0.0.0/8 can newly reach the members of Thing on any icmp type.',
    ],
  ])('is told where it is %s', (_name, before, after, why) => {
    expect(told(GROUP, before, after)).toEqual([`access: ${why}`]);
    expect(told(GROUP, after, after)).toEqual([]);
  });

  test.each([
    ['a narrower network', lets(https(ANYONE)), lets(https(OFFICE))],
    ['a narrower network by IPv6', lets(https({ CidrIpv6: '::/0' })), lets(https({ CidrIpv6: 'fd00::/8' }))],
    ['fewer ports', lets(https({ ...OFFICE, ToPort: 8443 })), lets(https(OFFICE))],
    ['one port of any', lets({ IpProtocol: '-1', ...OFFICE }), lets(https(OFFICE))],
    ['nobody', lets(https(ANYONE)), lets()],
    ['the same in another way of writing', lets(https(OFFICE)), lets(https({ ...OFFICE, IpProtocol: '6', FromPort: '443' }))],
    [
      'the same in another order',
      lets(https(OFFICE), https({ CidrIp: '172.16.0.0/12' })),
      lets(https({ CidrIp: '172.16.0.0/12' }), https(OFFICE)),
    ],
    ['the same with another description', lets(https({ ...OFFICE, Description: 'a' })), lets(https({ ...OFFICE, Description: 'b' }))],
  ])('is not where it is %s', (_name, before, after) => {
    expect(told(GROUP, before, after)).toEqual([]);
  });

  test('is told of a new group', () => {
    expect(told(GROUP, undefined, lets(https(OFFICE)))).toEqual(['access: 10.0.0.0/8 can newly reach the members of Thing on tcp 443.']);
  });

  test.each([
    ['a rule', lets(either(https(ANYONE), undefined)), /^access\?: .* can newly reach the members of Thing on any port\.$/],
    [
      'every rule',
      { SecurityGroupIngress: either([https(ANYONE)], []) },
      /^access\?: .* can newly reach the members of Thing on any port\.$/,
    ],
    [
      'a port',
      lets(https({ ...OFFICE, FromPort: PARAMETER })),
      /^access\?: 10\.0\.0\.0\/8 can newly reach the members of Thing on any tcp port\.$/,
    ],
    ['a protocol', lets(https({ ...OFFICE, IpProtocol: PARAMETER })), /^access\?: 10\.0\.0\.0\/8 can newly reach/],
  ])('may be wider where only the deployment knows %s', (_name, after, why) => {
    expect(told(GROUP, lets(https(OFFICE)), after)).toEqual([expect.stringMatching(why)]);
    expect(told(GROUP, { ...after, Tags: [{ Key: 'a', Value: 'b' }] }, after)).toEqual([]);
  });

  test('is told where only the deployment knew it before: nothing is taken for covered', () => {
    expect(told(GROUP, lets(https({ ...OFFICE, FromPort: PARAMETER })), lets(https({ ...OFFICE, FromPort: 22 })))).toEqual([
      'access: 10.0.0.0/8 can newly reach the members of Thing on tcp 22 to 443.',
    ]);
  });
});

describe('whom a security group reaches', () => {
  const reaches = (...SecurityGroupEgress: unknown[]): Body => ({ GroupDescription: 'g', SecurityGroupEgress });
  const NOBODY = { CidrIp: '255.255.255.255/32', IpProtocol: 'icmp', FromPort: 252, ToPort: 86 };

  test.each([
    [
      'anyone',
      reaches(NOBODY),
      reaches({ IpProtocol: '-1', ...ANYONE }),
      'The members of Thing can newly reach anyone on the internet (0.0.0.0/0) on any port.',
    ],
    [
      'one port more',
      reaches(https(OFFICE)),
      reaches(https(OFFICE), https({ ...OFFICE, FromPort: 80, ToPort: 80 })),
      'The members of Thing can newly reach 10.0.0.0/8 on tcp 80.',
    ],
    [
      'a group',
      reaches(NOBODY),
      reaches(https({ DestinationSecurityGroupId: 'sg-1' })),
      'The members of Thing can newly reach sg-1 on tcp 443.',
    ],
    [
      'anyone, because nothing is said any more',
      reaches(https(OFFICE)),
      { GroupDescription: 'g' },
      'The members of Thing can newly reach anyone on the internet (0.0.0.0/0) on any port.',
    ],
    [
      'anyone, because the list is empty',
      reaches(https(OFFICE)),
      reaches(),
      'The members of Thing can newly reach anyone on the internet (0.0.0.0/0) on any port.',
    ],
  ])('is told where it is %s', (_name, before, after, why) => {
    expect(told(GROUP, before, after)).toEqual([`access: ${why}`]);
    expect(told(GROUP, after, before)).toEqual([]);
  });

  test('is not told of a group that is new or goes', () => {
    expect(told(GROUP, undefined, reaches({ IpProtocol: '-1', ...ANYONE }))).toEqual([]);
    expect(told(GROUP, reaches(https(OFFICE)), undefined)).toEqual([]);
  });
});

describe('a rule beside its group', () => {
  const INGRESS = 'AWS::EC2::SecurityGroupIngress';
  const of = (x: Body) => https({ GroupId: { 'Fn::GetAtt': ['Web', 'GroupId'] }, ...x });

  test.each([
    [INGRESS, undefined, of(OFFICE), '10.0.0.0/8 can newly reach the members of Web on tcp 443.'],
    [INGRESS, of(OFFICE), of(ANYONE), 'Anyone on the internet (0.0.0.0/0) can newly reach the members of Web on tcp 443.'],
    [INGRESS, of(OFFICE), of({ ...OFFICE, GroupId: 'sg-2' }), '10.0.0.0/8 can newly reach the members of sg-2 on tcp 443.'],
    ['AWS::EC2::SecurityGroupEgress', undefined, of(OFFICE), 'The members of Web can newly reach 10.0.0.0/8 on tcp 443.'],
    [
      'AWS::EC2::SecurityGroupEgress',
      of(OFFICE),
      of({ ...OFFICE, GroupId: 'sg-2' }),
      'The members of sg-2 can newly reach 10.0.0.0/8 on tcp 443.',
    ],
  ])('is told as one of the group: %s %j', (type, before, after, why) => {
    expect(told(type, before, after)).toEqual([`access: ${why}`]);
  });

  test('is not told where it goes or gets narrower', () => {
    expect(told(INGRESS, of(OFFICE), undefined)).toEqual([]);
    expect(told(INGRESS, of(ANYONE), of(OFFICE))).toEqual([]);
  });
});

describe('a route', () => {
  const route = (DestinationCidrBlock: unknown, x: Body = { GatewayId: { Ref: 'Gateway' } }): Body => ({
    RouteTableId: { Ref: 'Table' },
    DestinationCidrBlock,
    ...x,
  });
  const PUBLIC = 'What has a public address in the subnets of Table can newly be reached from the internet, through Gateway.';

  test.each([
    ['is new', undefined, route('0.0.0.0/0')],
    ['leads everywhere now', route('10.0.0.0/8'), route('0.0.0.0/0')],
    ['leads through the gateway now', route('0.0.0.0/0', { NatGatewayId: 'n' }), route('0.0.0.0/0')],
    ['belongs to another table now', { ...route('0.0.0.0/0'), RouteTableId: 'other' }, route('0.0.0.0/0')],
    ['is of IPv6', undefined, { RouteTableId: { Ref: 'Table' }, GatewayId: { Ref: 'Gateway' }, DestinationIpv6CidrBlock: '::/0' }],
  ])('to the internet is told where it %s', (_name, before, after) => {
    expect(told('AWS::EC2::Route', before, after)).toEqual([`access: ${PUBLIC}`]);
    expect(told('AWS::EC2::Route', after, undefined)).toEqual([]);
  });

  test.each([PARAMETER, either('0.0.0.0/0', '10.0.0.0/8')])('may be one to the internet: %j', (destination) => {
    expect(told('AWS::EC2::Route', route('10.0.0.0/8'), route(destination))).toEqual([`access?: ${PUBLIC}`]);
    expect(told('AWS::EC2::Route', { ...route(destination), VpcPeeringConnectionId: 'a' }, route(destination))).toEqual([]);
  });

  test.each([
    ['to somewhere else', undefined, route('10.0.0.0/8')],
    ['through a NAT', undefined, route('0.0.0.0/0', { NatGatewayId: 'n' })],
    ['that is narrowed', route('0.0.0.0/0'), route('10.0.0.0/8')],
  ])('is not told: %s', (_name, before, after) => {
    expect(told('AWS::EC2::Route', before, after)).toEqual([]);
  });

  test('that a subnet newly follows is told', () => {
    const of = (RouteTableId: string) => ({ SubnetId: { Ref: 'Private' }, RouteTableId: { Ref: RouteTableId } });
    expect(told('AWS::EC2::SubnetRouteTableAssociation', of('Inner'), of('Outer'))).toEqual([
      'access?: The subnet Private newly follows the routes of Outer, before: Inner: others may reach it, and it others.',
    ]);
    expect(told('AWS::EC2::SubnetRouteTableAssociation', undefined, of('Outer'))).toEqual([]);
  });
});

describe('an entry of a network ACL', () => {
  const ENTRY = 'AWS::EC2::NetworkAclEntry';
  const entry = (RuleAction: unknown, CidrBlock: string, x: Body = {}): Body => ({
    NetworkAclId: { Ref: 'Acl' },
    RuleNumber: 100,
    Protocol: 6,
    PortRange: { From: 443, To: 443 },
    RuleAction,
    CidrBlock,
    ...x,
  });
  const NET = '10.0.0.0/8';

  test.each([
    [
      'allows',
      undefined,
      entry('allow', '0.0.0.0/0'),
      'access: Traffic from anyone on the internet (0.0.0.0/0) on tcp 443 is newly let through by Acl.',
    ],
    [
      'allows to leave',
      undefined,
      entry('allow', NET, { Egress: true }),
      'access: Traffic to 10.0.0.0/8 on tcp 443 is newly let through by Acl.',
    ],
    [
      'allows more',
      entry('allow', NET),
      entry('allow', NET, { Protocol: -1 }),
      'access: Traffic from 10.0.0.0/8 on any port is newly let through by Acl.',
    ],
    [
      'allows sooner',
      entry('allow', NET),
      entry('allow', NET, { RuleNumber: 50 }),
      'access: Traffic from 10.0.0.0/8 on tcp 443 is newly let through by Acl.',
    ],
    ['denies no more', entry('deny', NET), undefined, 'access: Traffic from 10.0.0.0/8 on tcp 443 is no longer denied by Acl.'],
    [
      'denies less',
      entry('deny', '0.0.0.0/0'),
      entry('deny', NET),
      'access: Traffic from anyone on the internet (0.0.0.0/0) on tcp 443 is no longer denied by Acl.',
    ],
    [
      'may allow',
      undefined,
      entry(either('allow', 'deny'), NET),
      'access?: Traffic from 10.0.0.0/8 on tcp 443 is newly let through by Acl.',
    ],
    [
      'may allow by a parameter',
      entry('deny', NET, { Egress: true }),
      entry(PARAMETER, NET, { Egress: true }),
      'access?: Traffic to 10.0.0.0/8 on tcp 443 is newly let through by Acl.',
    ],
  ])('is told where it %s', (_name, before, after, why) => {
    expect(told(ENTRY, before, after)).toContain(why);
  });

  test('is told twice where it allows what it denied', () => {
    expect(told(ENTRY, entry('deny', NET), entry('allow', NET))).toEqual([
      'access: Traffic from 10.0.0.0/8 on tcp 443 is newly let through by Acl.',
      'access: Traffic from 10.0.0.0/8 on tcp 443 is no longer denied by Acl.',
    ]);
  });

  test.each([
    ['allows less', entry('allow', '0.0.0.0/0'), entry('allow', NET)],
    ['allows no more', entry('allow', NET), undefined],
    ['denies', undefined, entry('deny', NET)],
    ['denies more', entry('deny', NET), entry('deny', '0.0.0.0/0')],
  ])('is not where it %s', (_name, before, after) => {
    expect(told(ENTRY, before, after)).toEqual([]);
  });
});

test('what is no part of a network is not looked at', () => {
  expect(told('AWS::S3::Bucket', {}, { BucketName: 'a' })).toEqual([]);
});
