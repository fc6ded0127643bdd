import { Body, Change, Finding } from '../../model';
import { listed } from '../common';
import { at, differs, isEqual, isTrue, listOf, plain, recordOf } from './body';
import { findNetwork } from './network';
import { newlyPossible, Permission, Statement, statementsOf, whoIs } from './statements';
import { findWeakened } from './weakened';

// Where a policy stands that belongs to a resource: what it guards is the resource, or what it names.
const RESOURCE_POLICIES: { readonly [type: string]: { readonly path: string; readonly on?: string } } = {
  'AWS::ApiGateway::RestApi': { path: 'Policy' },
  'AWS::Backup::BackupVault': { path: 'AccessPolicy' },
  'AWS::CodeArtifact::Domain': { path: 'PermissionsPolicyDocument' },
  'AWS::CodeArtifact::Repository': { path: 'PermissionsPolicyDocument' },
  'AWS::DynamoDB::Table': { path: 'ResourcePolicy.PolicyDocument' },
  'AWS::EC2::VPCEndpoint': { path: 'PolicyDocument' },
  'AWS::ECR::RegistryPolicy': { path: 'PolicyText' },
  'AWS::ECR::RepositoryCreationTemplate': { path: 'RepositoryPolicy' },
  'AWS::ECR::Repository': { path: 'RepositoryPolicyText' },
  'AWS::EFS::FileSystem': { path: 'FileSystemPolicy' },
  'AWS::Events::EventBus': { path: 'Policy' },
  'AWS::Events::EventBusPolicy': { path: '', on: 'EventBusName' },
  'AWS::Glue::ResourcePolicy': { path: 'PolicyInJson' },
  'AWS::KMS::Key': { path: 'KeyPolicy' },
  'AWS::KMS::ReplicaKey': { path: 'KeyPolicy' },
  'AWS::Kinesis::ResourcePolicy': { path: 'ResourcePolicy', on: 'ResourceArn' },
  'AWS::Logs::ResourcePolicy': { path: 'PolicyDocument' },
  'AWS::OpenSearchService::Domain': { path: 'AccessPolicies' },
  'AWS::S3::AccessPoint': { path: 'Policy' },
  'AWS::S3::BucketPolicy': { path: 'PolicyDocument', on: 'Bucket' },
  'AWS::S3Tables::TableBucketPolicy': { path: 'ResourcePolicy', on: 'TableBucketARN' },
  'AWS::SNS::TopicPolicy': { path: 'PolicyDocument', on: 'Topics' },
  'AWS::SQS::QueuePolicy': { path: 'PolicyDocument', on: 'Queues' },
  'AWS::SageMaker::ModelPackageGroup': { path: 'ModelPackageGroupPolicy' },
  'AWS::SecretsManager::ResourcePolicy': { path: 'ResourcePolicy', on: 'SecretId' },
  'AWS::VpcLattice::AuthPolicy': { path: 'Policy', on: 'ResourceIdentifier' },
  'AWS::VpcLattice::ResourcePolicy': { path: 'Policy', on: 'ResourceArn' },
};

// Without a policy of their own these are open, so that any policy is less; that of an API can let in other accounts as well.
const OPEN_WITHOUT: { readonly [type: string]: string } = {
  'AWS::ApiGateway::RestApi': 'Whoever reaches the API can newly call what its methods do not guard themselves',
  'AWS::EC2::VPCEndpoint': 'Anyone in the network can newly do everything through the endpoint',
  'AWS::EFS::FileSystem': 'Anyone who reaches the file system can newly read and write all its files',
};

/** Whether the property of the type is a policy that is read here. */
export function isPolicyOf(type: string, path: string): boolean {
  const where = RESOURCE_POLICIES[type];
  if (!where) {
    return /(^|\.)Statement(\.|$)/.test(path);
  }
  const row = `${where.path || 'Statement'}.`;
  return `${path}.`.startsWith(row) || row.startsWith(`${path}.`) || path === where.on;
}

/** Somebody can do what nobody could before: who, what, on what. */
export function findAccess(change: Change): Finding[] {
  return [
    ...resourcePolicy(change),
    ...identityPolicies(change),
    ...trust(change),
    ...managedPolicies(change),
    ...invocation(change),
    ...findNetwork(change),
    ...findWeakened(change),
  ];
}

function resourcePolicy(change: Change): Finding[] {
  const where = RESOURCE_POLICIES[change.type];
  if (!where) {
    return /^AWS::(IAM|SSO)::/.test(change.type) ? [] : anyPolicy(change);
  }
  const document = (body: Body | undefined): unknown => (where.path === '' ? busPolicy(body) : at(body, where.path));
  const [was, is] = [change.before, change.after].map(document);
  const own = (body: Body | undefined): string => (where.on ? plain(listOf(at(body, where.on)).join(', ')) : change.address);
  const open = OPEN_WITHOUT[change.type];
  if (open && change.before && change.after && was !== undefined && is === undefined) {
    return [{ class: 'access', why: `${open}: its policy is gone.` }];
  }
  if (open && was === undefined && change.type !== 'AWS::ApiGateway::RestApi') {
    return [];
  }
  if (where.on && differs(change, where.on)) {
    return [
      ...compared([], statementsOf(is), undefined, own(change.after)),
      ...compared(statementsOf(was), [], undefined, own(change.before)),
    ];
  }
  return compared(statementsOf(was), statementsOf(is), undefined, own(change.after ?? change.before));
}

/** The policy of an event bus is a single statement, or the parts of one as properties. */
function busPolicy(body: Body | undefined): unknown {
  const { Statement: statement, Action, Principal, Condition } = recordOf(body?.Properties);
  const parts = Action === undefined ? undefined : { Effect: 'Allow', Action, Principal, ...(Condition !== undefined && { Condition }) };
  return statement === undefined && parts === undefined ? undefined : { Statement: statement ?? parts };
}

/** A type without a row may hold policies all the same: whatever has statements is one. */
function anyPolicy(change: Change): Finding[] {
  const found = (value: unknown): Statement[] =>
    Array.isArray(value)
      ? value.flatMap(found)
      : 'Statement' in recordOf(value)
        ? statementsOf(value)
        : Object.values(recordOf(value)).flatMap(found);
  const [was, is] = [change.before, change.after].map((body) => found(body?.Properties));
  return is.length + was.length === 0 ? [] : compared(was, is, undefined, change.address);
}

function identityPolicies(change: Change): Finding[] {
  const { type } = change;
  if (!type.startsWith('AWS::IAM::') && type !== 'AWS::SSO::PermissionSet') {
    return [];
  }
  const whole = type === 'AWS::SSO::PermissionSet' ? 'InlinePolicy' : 'PolicyDocument';
  const all = (body: Body | undefined): Statement[] => [
    ...statementsOf(at(body, whole)),
    ...listOf(at(body, 'Policies')).flatMap((p) => statementsOf(recordOf(p).PolicyDocument)),
  ];
  const attached = (body: Body | undefined): string[] => HOLDERS.flatMap((p) => listOf(at(body, p))).map(plain);
  const own = /^AWS::(IAM::(Role|User|Group)|SSO::PermissionSet)$/.test(type) ? [change.address] : attached(change.after ?? change.before);
  const who = own.length > 0 ? listed(own) : 'whoever has the policy';
  return [
    ...compared(all(change.before), all(change.after), who, change.address),
    ...joined(change, attached(change.before), attached(change.after)),
  ];
}

const HOLDERS = ['Roles', 'Users', 'Groups', 'RoleName', 'UserName', 'GroupName'];

/** Who newly has what others have already. */
function joined(change: Change, was: readonly string[], is: readonly string[]): Finding[] {
  const { type, address } = change;
  const gained = (path: string): string[] => {
    const [old, now] = [change.before, change.after].map((body) => listOf(at(body, path)).map(plain));
    return now.filter((n) => !old.includes(n));
  };
  const told = (why: string): Finding => ({ class: 'access', why });
  if (type === 'AWS::IAM::InstanceProfile') {
    return change.before
      ? gained('Roles').map((r) => told(`Machines with the profile ${address} can newly do all that the role ${r} may.`))
      : [];
  }
  if (type === 'AWS::IAM::User') {
    return gained('Groups').map((g) => told(`${address} can newly do all that the group ${g} may.`));
  }
  if (type === 'AWS::IAM::UserToGroupAddition') {
    const users = differs(change, 'GroupName') ? listOf(at(change.after, 'Users')).map(plain) : gained('Users');
    return users.map((u) => told(`${u} can newly do all that the group ${plain(at(change.after, 'GroupName'))} may.`));
  }
  const isPolicy = /^AWS::IAM::((Role|User|Group|Managed)?Policy)$/.test(type);
  const holders = isPolicy && change.before && change.after ? is.filter((r) => !was.includes(r)) : [];
  return holders.map((r) => told(`${r} can newly do all that the policy ${address} allows.`));
}

/** Who may take on a role: a new role that only a service of AWS takes on says nothing that its policies do not. */
function trust(change: Change): Finding[] {
  if (change.type !== 'AWS::IAM::Role') {
    return [];
  }
  const [was, is] = [change.before, change.after].map((body) => statementsOf(at(body, 'AssumeRolePolicyDocument')));
  const { allowed, undenied } = newlyPossible(was, is);
  const takes = (p: Permission): string => `${capital(subjectOf(p))} can newly take on the role ${change.address}`;
  return [
    ...allowed
      .filter((p) => change.before || p.principals.some((who) => !who.startsWith('Service:')))
      .map((p): Finding => ({ class: 'access', why: `${takes(p)}${provided(p.condition)}.` })),
    ...(change.after ? undenied : []).map((p): Finding => ({ class: 'access', why: `${takes(p)}${unless(p)}` })),
  ];
}

function subjectOf({ principals, inverted }: Permission): string {
  const names = listed(principals.map(whoIs));
  return inverted.includes('NotPrincipal') ? `anyone but ${names}` : names;
}

function unless({ condition }: Permission): string {
  return `, if ${condition ? `${provided(condition).slice(5)} and ` : ''}something allows it: a denial is gone.`;
}

function managedPolicies(change: Change): Finding[] {
  if (!/^AWS::(IAM::(Role|User|Group)|SSO::PermissionSet)$/.test(change.type)) {
    return [];
  }
  const names = (body: Body | undefined): string[] =>
    ['ManagedPolicyArns', 'ManagedPolicies'].flatMap((p) => listOf(at(body, p))).map((a) => plain(a).replace(/^.*:policy\//, ''));
  const was = names(change.before);
  const gained = names(change.after).filter((n) => !was.includes(n));
  return [
    ...gained.map((n): Finding => ({ class: 'access', why: `${change.address} can newly do all that the managed policy ${n} allows.` })),
    ...boundary(change),
  ];
}

function boundary(change: Change): Finding[] {
  const [was, is] = [change.before, change.after].map((body) => at(body, 'PermissionsBoundary'));
  if (!change.after || was === undefined || isEqual(was, is)) {
    return [];
  }
  if (is === undefined) {
    return [{ class: 'access', why: `Nothing bounds any more what ${change.address} can be allowed: its permissions boundary is gone.` }];
  }
  const [old, now] = [was, is].map((policy) => plain(policy).replace(/^.*:policy\//, ''));
  const why = `${change.address} can newly be allowed whatever the boundary ${now} lets through, before: ${old}.`;
  return [{ class: 'access', conditional: true, why }];
}

const LIMITS = [
  'SourceArn',
  'SourceAccount',
  'PrincipalOrgID',
  'OrganizationId',
  'FunctionUrlAuthType',
  'InvokedViaFunctionUrl',
  'EventSourceToken',
];

/** Who may call a function. */
function invocation(change: Change): Finding[] {
  const { type, before, after } = change;
  if ((type !== 'AWS::Lambda::Permission' && type !== 'AWS::Lambda::LayerVersionPermission') || !after) {
    return [];
  }
  const same = (path: string): boolean => isEqual(at(before, path), at(after, path));
  // What is not limited before holds whatever the limit is now.
  const less = (path: string): boolean => at(before, path) === undefined || (at(before, path) === 'NONE' && at(after, path) === 'AWS_IAM');
  if (
    before &&
    ['Action', 'FunctionName', 'LayerVersionArn'].every(same) &&
    (same('Principal') || at(before, 'Principal') === '*') &&
    LIMITS.every((l) => same(l) || less(l))
  ) {
    return [];
  }
  const principal = plain(at(after, 'Principal') ?? 'nobody');
  const organization = at(after, 'PrincipalOrgID') ?? at(after, 'OrganizationId');
  const who =
    principal === '*'
      ? organization
        ? `anyone of the organization ${plain(organization)}`
        : 'anyone'
      : /\.amazonaws\.com(\.cn)?$/.test(principal)
        ? `the service ${principal}`
        : principal;
  const source = at(after, 'SourceArn') ?? at(after, 'SourceAccount');
  const isService = who.startsWith('the service');
  const how = source !== undefined ? ` on behalf of ${plain(source)}` : isService ? ' on behalf of anyone, in any account' : '';
  const url =
    at(after, 'FunctionUrlAuthType') === 'NONE'
      ? ' through its URL, without signing in'
      : isTrue(at(after, 'InvokedViaFunctionUrl'))
        ? ' through its URL'
        : '';
  return [
    {
      class: 'access',
      why: `${capital(who)} can newly do ${plain(at(after, 'Action'))} on ${plain(at(after, 'FunctionName') ?? at(after, 'LayerVersionArn'))}${url}${how}.`,
    },
  ];
}

function compared(was: readonly Statement[], is: readonly Statement[], who: string | undefined, on: string): Finding[] {
  const { allowed, undenied } = newlyPossible(was, is);
  const subject = (p: Permission): string => who ?? subjectOf(p);
  return [
    ...allowed.map((p): Finding => ({
      class: 'access',
      why: `${capital(subject(p))} can newly do ${what(p)} on ${target(p, on)}${provided(p.condition)}.`,
    })),
    ...undenied.map((p): Finding => ({
      class: 'access',
      why: `${capital(subject(p))} can newly do ${what(p)} on ${target(p, on)}${unless(p)}`,
    })),
  ];
}

function what({ actions, inverted }: Permission): string {
  const names = listed(actions.map((a) => (a === '*' ? 'everything' : plain(a))));
  return inverted.includes('NotAction') ? `everything but ${names}` : names;
}

function target({ resources, inverted }: Permission, on: string): string {
  const names = listed([...new Set(resources.map((r) => (r === 'self' ? on : r === '*' ? 'any resource' : plain(r))))]);
  return inverted.includes('NotResource') ? `everything but ${names}` : names;
}

// `{"StringEquals":{"aws:SourceVpce":"vpce"}}` is `aws:SourceVpce StringEquals vpce`.
function provided(condition: string): string {
  if (condition === '') {
    return '';
  }
  const terms = Object.entries(recordOf(JSON.parse(condition))).flatMap(([operator, keys]) =>
    Object.entries(recordOf(keys)).map(([key, value]) => `${key} ${operator} ${listOf(value).map(plain).join(' or ')}`),
  );
  return `, if ${terms.join(' and ')}`;
}

export function capital(text: string): string {
  // A logical id or an ARN stays as it is written.
  return /^(the|anyone|whoever)\b/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
