import { Body, Change, Finding } from '../../model';
import { listed } from '../common';
import { at, isTrue, listOf, numberOf, plain, recordOf } from './body';

interface Rule {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly peer: string;
}

/** Who can newly reach what. */
export function findNetwork(change: Change): Finding[] {
  switch (change.type) {
    case 'AWS::EC2::SecurityGroup':
      return [...ingress(change), ...egress(change)];
    case 'AWS::EC2::SecurityGroupIngress':
      return opened([ruleOf(change.before)], [ruleOf(change.after)]).map((r) => reached(r, plain(at(change.after, 'GroupId'))));
    case 'AWS::EC2::SecurityGroupEgress':
      return opened([ruleOf(change.before)], [ruleOf(change.after)]).map((r) => reaches(r, plain(at(change.after, 'GroupId'))));
    case 'AWS::EC2::Route':
      return route(change);
    case 'AWS::EC2::NetworkAclEntry':
      return aclEntry(change);
    default:
      return [];
  }
}

function ingress(change: Change): Finding[] {
  const [was, is] = [change.before, change.after].map((b) => listOf(at(b, 'SecurityGroupIngress')).map((r) => ruleOf({ Properties: r })));
  return opened(was, is).map((r) => reached(r, change.address));
}

function egress(change: Change): Finding[] {
  // A group without rules for what leaves lets everything leave.
  const all = { protocol: '-1', from: 0, to: 65535, peer: '0.0.0.0/0' };
  const rules = (body: Body | undefined): (Rule | undefined)[] => {
    const declared = at(body, 'SecurityGroupEgress');
    return body ? (declared === undefined ? [all] : listOf(declared).map((r) => ruleOf({ Properties: r }))) : [];
  };
  // What a new group may reach is as declared; only what it may reach beyond the usual is not news.
  return change.before ? opened(rules(change.before), rules(change.after)).map((r) => reaches(r, change.address)) : [];
}

const PEERS = [
  'CidrIp',
  'CidrIpv6',
  'SourceSecurityGroupId',
  'SourceSecurityGroupName',
  'SourcePrefixListId',
  'DestinationSecurityGroupId',
  'DestinationPrefixListId',
];

function ruleOf(body: Body | undefined): Rule | undefined {
  const rule = recordOf(body?.Properties);
  const peer = PEERS.map((p) => rule[p]).find((v) => v !== undefined);
  if (!body) {
    return undefined;
  }
  if (peer === undefined) {
    // What only the deployment knows is taken for something that is let in.
    return { protocol: '-1', from: 0, to: 65535, peer: plain(rule) };
  }
  const protocol = String(rule.IpProtocol ?? '-1').toLowerCase();
  const named = protocol === 'tcp' || protocol === 'udp' || protocol === '6' || protocol === '17';
  const [from, to] = [numberOf(rule.FromPort), numberOf(rule.ToPort)];
  const any = !named || from === undefined || from === -1;
  return {
    protocol: protocol === '6' ? 'tcp' : protocol === '17' ? 'udp' : protocol,
    from: any ? 0 : from,
    to: any ? 65535 : (to ?? from),
    peer: plain(peer),
  };
}

function opened(was: readonly (Rule | undefined)[], is: readonly (Rule | undefined)[]): Rule[] {
  return is.filter((r): r is Rule => r !== undefined && !was.some((old) => old !== undefined && includes(old, r)));
}

function includes(old: Rule, now: Rule): boolean {
  const protocol = old.protocol === '-1' || old.protocol === now.protocol;
  return protocol && old.from <= now.from && old.to >= now.to && (old.peer === now.peer || contains(old.peer, now.peer));
}

/** Whether one range of IPv4 addresses holds the other. */
function contains(outer: string, inner: string): boolean {
  const [a, b] = [rangeOf(outer), rangeOf(inner)];
  return (
    a !== undefined &&
    b !== undefined &&
    a.bits <= b.bits &&
    Math.floor(a.address / 2 ** (32 - a.bits)) === Math.floor(b.address / 2 ** (32 - a.bits))
  );
}

function rangeOf(cidr: string): { address: number; bits: number } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!match) {
    return undefined;
  }
  const [a, b, c, d, bits] = match.slice(1).map(Number);
  return { address: ((a * 256 + b) * 256 + c) * 256 + d, bits };
}

function portsOf({ protocol, from, to }: Rule): string {
  if (protocol === '-1') {
    return 'any port';
  }
  return from === 0 && to === 65535 ? `any ${protocol} port` : `${protocol} ${from === to ? from : `${from} to ${to}`}`;
}

function nameOf(peer: string): string {
  return peer === '0.0.0.0/0' || peer === '::/0' ? `anyone on the internet (${peer})` : peer;
}

function reached(rule: Rule, group: string): Finding {
  const who = nameOf(rule.peer);
  return {
    class: 'access',
    why: `${who.replace(/^a/, 'A')} can newly reach the members of ${group} on ${portsOf(rule)}.`.replace(/^A(?!nyone)/, 'a'),
  };
}

function reaches(rule: Rule, group: string): Finding {
  return { class: 'access', why: `The members of ${group} can newly reach ${nameOf(rule.peer)} on ${portsOf(rule)}.` };
}

function route(change: Change): Finding[] {
  const gateway = at(change.after, 'GatewayId');
  const everywhere = [at(change.after, 'DestinationCidrBlock'), at(change.after, 'DestinationIpv6CidrBlock')].some(
    (d) => d === '0.0.0.0/0' || d === '::/0',
  );
  if (gateway === undefined || !everywhere || plain(at(change.before, 'GatewayId')) === plain(gateway)) {
    return [];
  }
  return [
    {
      class: 'access',
      why: `What has a public address in the subnets of ${plain(at(change.after, 'RouteTableId'))} can newly be reached from the internet, through ${plain(gateway)}.`,
    },
  ];
}

function aclEntry(change: Change): Finding[] {
  const allows = (body: Body | undefined): boolean => at(body, 'RuleAction') === 'allow';
  if (!allows(change.after) || (change.before && !change.causes.some((c) => !/Tags/.test(c.path)))) {
    return [];
  }
  const who = nameOf(plain(at(change.after, 'CidrBlock') ?? at(change.after, 'Ipv6CidrBlock')));
  return [
    {
      class: 'access',
      why: `Traffic ${isTrue(at(change.after, 'Egress')) ? 'to' : 'from'} ${listed([who])} is newly let through by ${plain(at(change.after, 'NetworkAclId'))}.`,
    },
  ];
}
