import { Body, Change, Finding } from '../../model';

/** What is declared at a dotted path below `Properties`; `*` is every member of a list. */
export function at(body: Body | undefined, path: string): unknown {
  return follow(body?.Properties, path.split('.'));
}

/** What stands at the steps below a value. */
export function follow(value: unknown, steps: readonly string[]): unknown {
  if (steps.length === 0 || value === undefined || value === null) {
    return value ?? undefined;
  }
  if (isOpaque(value) || (typeof value === 'string' && isReference(value))) {
    return value;
  }
  const [step, ...rest] = steps;
  if (step === '*') {
    return Array.isArray(value) ? value.map((v) => follow(v, rest)).filter((v) => v !== undefined) : undefined;
  }
  return typeof value === 'object' ? follow((value as Body)[step], rest) : undefined;
}

/** Whether only the deployment knows the value, because a function of the template makes it. */
export function isOpaque(value: unknown): boolean {
  const keys = Object.keys(recordOf(value));
  return (keys.length === 1 && keys[0].startsWith('Fn::')) || (Array.isArray(value) && value.some(isOpaque));
}

export function recordOf(value: unknown): Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

export function isTrue(value: unknown): boolean {
  return String(value) === 'true';
}

export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return isNaN(number) ? undefined : number;
}

export function isEqual(a: unknown, b: unknown): boolean {
  return (
    a === b ||
    JSON.stringify(a) === JSON.stringify(b) ||
    (typeof a !== 'object' && typeof b !== 'object' && a !== undefined && b !== undefined && String(a) === String(b))
  );
}

/** Text for people: `${Bucket.Arn}/*` is `Bucket/*`. */
export function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : value === undefined ? 'nothing' : JSON.stringify(value);
  return text.replace(/\$\{([A-Za-z][^}]*?)(?:\.(?:Arn|GroupId))?\}/g, '$1');
}

// What people call it, where the last word of the type does not say.
const NOUNS: { readonly [type: string]: string } = {
  'AWS::ApiGateway::RestApi': 'API',
  'AWS::ApiGatewayV2::Api': 'API',
  'AWS::ApiGateway::Method': 'API method',
  'AWS::ApiGateway::Resource': 'API path',
  'AWS::ApiGateway::Stage': 'API stage',
  'AWS::CloudFormation::Stack': 'nested stack',
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::DocDB::DBCluster': 'database cluster',
  'AWS::DocDB::DBInstance': 'database',
  'AWS::DynamoDB::GlobalTable': 'table',
  'AWS::EC2::EIP': 'public address',
  'AWS::EC2::NatGateway': 'NAT gateway',
  'AWS::EC2::VPC': 'network',
  'AWS::EC2::VPCEndpoint': 'VPC endpoint',
  'AWS::ECS::Service': 'container service',
  'AWS::EKS::Nodegroup': 'node group',
  'AWS::Events::Rule': 'event rule',
  'AWS::KMS::Key': 'key',
  'AWS::Lambda::Alias': 'function alias',
  'AWS::Lambda::Url': 'function URL',
  'AWS::Logs::LogGroup': 'log group',
  'AWS::MWAA::Environment': 'workflow environment',
  'AWS::Neptune::DBCluster': 'database cluster',
  'AWS::Neptune::DBInstance': 'database',
  'AWS::RDS::DBCluster': 'database cluster',
  'AWS::RDS::DBInstance': 'database',
  'AWS::SageMaker::MlflowTrackingServer': 'MLflow tracking server',
};

/** "The log group", as the subject of a sentence. */
export function theOne(type: string): string {
  const last = type.split('::').at(-1) ?? type;
  return `The ${NOUNS[type] ?? last.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()}`;
}

/** Whether what is declared at the path differs; of a resource that is added or removed nothing is compared. */
export function differs(change: Change, path: string): boolean {
  return change.before !== undefined && change.after !== undefined && !isEqual(at(change.before, path), at(change.after, path));
}

/** Whether a value guards, or is safe. */
export type Test = (value: unknown) => boolean;
export type Verdict = 'yes' | 'maybe' | 'no';

// These look at no value, so that a reference tells enough.
export const isSet: Test = (value) => value !== undefined;
export const isAbsent: Test = (value) => value === undefined;

/** What a parameter says is no more known than what a function makes. */
export function isReference(value: unknown): boolean {
  return Array.isArray(value) ? value.some(isReference) : typeof value === 'string' && /\$\{(?!!)/.test(value);
}

/** Whether the value passes the test; where only the deployment knows, it may. */
export function passes(test: Test, value: unknown): Verdict {
  const looks = test !== isSet && test !== isAbsent;
  return isOpaque(value) || (looks && isReference(value)) ? 'maybe' : test(value) ? 'yes' : 'no';
}

/** Whether a guard that was up is down. Where only the deployment knows, it may be: that is conditional. */
export function isDown(guards: Test, was: unknown, is: unknown): Verdict {
  const [before, after] = [passes(guards, was), passes(guards, is)];
  if (isEqual(was, is) || before === 'no' || after === 'yes') {
    return 'no';
  }
  return before === 'maybe' || after === 'maybe' ? 'maybe' : 'yes';
}

/** The same of a list, at `list.*.property`: whether more of its members than before are without the guard. */
export function isDownAmong(guards: Test, path: string, before: Body | undefined, after: Body | undefined): Verdict {
  const [list, property] = path.split('.*.');
  const [was, is] = [before, after].map((body) => at(body, list));
  if (isEqual(was, is) || isOpaque(was) || isOpaque(is)) {
    return isEqual(was, is) ? 'no' : 'maybe';
  }
  const [old, now] = [was, is].map((members) => {
    const all = listOf(members).map((m) => passes(guards, follow(m, property.split('.'))));
    return { down: all.filter((v) => v === 'no').length, notUp: all.filter((v) => v !== 'yes').length };
  });
  return now.down > old.notUp ? 'yes' : now.notUp > old.down ? 'maybe' : 'no';
}

/** A finding that is conditional where the verdict is. */
export function verdictOn(verdict: Verdict, finding: Finding): Finding[] {
  return verdict === 'no' ? [] : [verdict === 'maybe' ? { ...finding, conditional: true } : finding];
}
