import { Body, Change, Finding } from '../../model';
import { at, differs, isOpaque, isReference, isTrue, listOf, numberOf, passes, plain, recordOf, Verdict, verdictOn } from './body';

interface Rule {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly peer: string;
  /** Only the deployment knows it, in part or whole: what is not known is taken for all there is, and covers nothing. */
  readonly unknown?: boolean;
}

/** Who can newly reach what. */
export function findNetwork(change: Change): Finding[] {
  switch (change.type) {
    case 'AWS::EC2::SecurityGroup':
      return [...ingress(change), ...egress(change)];
    case 'AWS::EC2::SecurityGroupIngress':
      return single(change).map((r) => reached(r, plain(at(change.after, 'GroupId'))));
    case 'AWS::EC2::SecurityGroupEgress':
      return single(change).map((r) => reaches(r, plain(at(change.after, 'GroupId'))));
    case 'AWS::EC2::SubnetRouteTableAssociation':
      return routed(change);
    case 'AWS::EC2::Route':
      return route(change);
    case 'AWS::EC2::NetworkAclEntry':
      return aclEntry(change);
    default:
      return [];
  }
}

/** A rule that stands beside its group. */
function single(change: Change): Rule[] {
  return opened([differs(change, 'GroupId') ? undefined : ruleOf(change.before)], [ruleOf(change.after)]);
}

function ingress(change: Change): Finding[] {
  const [was, is] = [change.before, change.after].map((b) => listOf(at(b, 'SecurityGroupIngress')).map((r) => ruleOf({ Properties: r })));
  return opened(was, is).map((r) => reached(r, change.address));
}

function egress(change: Change): Finding[] {
  // A group without rules for what leaves lets everything leave.
  const all = { protocol: '-1', from: 0, to: 65535, peer: '0.0.0.0/0' };
  const rules = (body: Body | undefined): (Rule | undefined)[] => {
    const declared = listOf(at(body, 'SecurityGroupEgress'));
    return !body ? [] : declared.length === 0 ? [all] : declared.map((r) => ruleOf({ Properties: r }));
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

// A group without rules for what leaves lets everything leave: this is how the CDK writes that nothing may.
const NOBODY = '255.255.255.255/32';

function ruleOf(body: Body | undefined): Rule | undefined {
  const rule = recordOf(body?.Properties);
  const peer = PEERS.map((p) => rule[p]).find((v) => v !== undefined);
  if (!body) {
    return undefined;
  }
  if (peer === NOBODY) {
    return undefined;
  }
  if (peer === undefined) {
    // What only the deployment knows is taken for something that is let in.
    return { protocol: '-1', from: 0, to: 65535, peer: plain(rule), unknown: true };
  }
  const said = String(rule.IpProtocol ?? '-1').toLowerCase();
  const protocol = PROTOCOLS[said] ?? said;
  const [from, to] = [numberOf(rule.FromPort), numberOf(rule.ToPort)];
  const unknown = [rule.IpProtocol, rule.FromPort, rule.ToPort].some((v) => isReference(v) || (v !== undefined && isOpaque(v)));
  const isAny = protocol === '-1' || from === undefined || from === -1;
  // Where ports stand, ICMP has a type and a code.
  const last = protocol.startsWith('icmp') ? from : (to ?? from);
  return { protocol, from: isAny ? 0 : from, to: isAny ? 65535 : last!, peer: plain(peer), ...(unknown && { unknown }) };
}

const PROTOCOLS: { readonly [number: string]: string } = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

function opened(was: readonly (Rule | undefined)[], is: readonly (Rule | undefined)[]): Rule[] {
  return is.filter((r): r is Rule => r !== undefined && !was.some((old) => old !== undefined && includes(old, r)));
}

function includes(old: Rule, now: Rule): boolean {
  if (old.unknown || now.unknown) {
    return JSON.stringify(old) === JSON.stringify(now);
  }
  const protocol = old.protocol === '-1' || old.protocol === now.protocol;
  return protocol && old.from <= now.from && old.to >= now.to && (old.peer === now.peer || contains(old.peer, now.peer));
}

/** Whether one range of addresses holds the other. */
function contains(outer: string, inner: string): boolean {
  if (outer === '::/0' && inner.includes(':')) {
    return true;
  }
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
  const kind = protocol.startsWith('icmp') ? 'type' : 'port';
  const one = from === to ? `${from}` : `${from} to ${to}`;
  return from === 0 && to === 65535 ? `any ${protocol} ${kind}` : kind === 'type' ? `${protocol} type ${one}` : `${protocol} ${one}`;
}

function nameOf(peer: string): string {
  return peer === '0.0.0.0/0' || peer === '::/0' ? `anyone on the internet (${peer})` : peer;
}

function reached(rule: Rule, group: string): Finding {
  const who = nameOf(rule.peer).replace(/^anyone on/, 'Anyone on');
  return opens(rule, `${who} can newly reach the members of ${group} on ${portsOf(rule)}.`);
}

function reaches(rule: Rule, group: string): Finding {
  return opens(rule, `The members of ${group} can newly reach ${nameOf(rule.peer)} on ${portsOf(rule)}.`);
}

function opens({ unknown }: Rule, why: string): Finding {
  return { class: 'access', why, ...(unknown && { conditional: true }) };
}

function route(change: Change): Finding[] {
  const leads = (body: Body | undefined): Verdict => {
    const to = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock'].map((p) =>
      passes((v) => v === '0.0.0.0/0' || v === '::/0', at(body, p)),
    );
    return at(body, 'GatewayId') === undefined ? 'no' : to.includes('yes') ? 'yes' : to.includes('maybe') ? 'maybe' : 'no';
  };
  const same = change.before && !['GatewayId', 'RouteTableId'].some((p) => differs(change, p)) && leads(change.before) !== 'no';
  const moved = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock'].some((p) => differs(change, p));
  const [table, gateway] = ['RouteTableId', 'GatewayId'].map((p) => plain(at(change.after, p)));
  const why = `What has a public address in the subnets of ${table} can newly be reached from the internet, through ${gateway}.`;
  return same && (!moved || leads(change.before) === 'yes') ? [] : verdictOn(leads(change.after), { class: 'access', why });
}

function routed(change: Change): Finding[] {
  const [was, is] = [change.before, change.after].map((body) => plain(at(body, 'RouteTableId')));
  const why = `The subnet ${plain(at(change.after, 'SubnetId'))} newly follows the routes of ${is}, before: ${was}: others may reach it, and it others.`;
  return differs(change, 'RouteTableId') ? [{ class: 'access', conditional: true, why }] : [];
}

/** Entries are read in the order of their numbers, so that an allowance and a denial are told where the entry differs at all. */
function aclEntry(change: Change): Finding[] {
  const { before, after } = change;
  const [was, is] = [before, after].map(entryOf);
  const same = before && after && ['NetworkAclId', 'Egress', 'RuleNumber', 'RuleAction'].every((p) => !differs(change, p));
  const [allows, denied] = [at(after, 'RuleAction') !== 'deny' && is, at(before, 'RuleAction') === 'deny' && was];
  const told = (body: Body | undefined, rule: Rule, what: string): Finding =>
    opens(
      { ...rule, unknown: rule.unknown || isReference(at(body, 'RuleAction')) || isOpaque(at(body, 'RuleAction')) },
      `Traffic ${isTrue(at(body, 'Egress')) ? 'to' : 'from'} ${nameOf(rule.peer)} on ${portsOf(rule)} is ${what} by ${plain(at(body, 'NetworkAclId'))}.`,
    );
  return [
    ...(allows && !(same && was && includes(was, allows)) ? [told(after, allows, 'newly let through')] : []),
    ...(denied && !(same && is && includes(is, denied)) ? [told(before, denied, 'no longer denied')] : []),
  ];
}

function entryOf(body: Body | undefined): Rule | undefined {
  const entry = recordOf(body?.Properties);
  const ports = recordOf(entry.PortRange);
  const CidrIp = entry.CidrBlock ?? entry.Ipv6CidrBlock;
  return (
    body &&
    ruleOf({ Properties: { CidrIp, IpProtocol: entry.Protocol, FromPort: ports.From ?? recordOf(entry.Icmp).Type, ToPort: ports.To } })
  );
}
