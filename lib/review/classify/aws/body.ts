import { Body, Change } from '../../model';

/** What is declared at a dotted path below `Properties`; `*` is every member of a list. */
export function at(body: Body | undefined, path: string): unknown {
  return follow(body?.Properties, path.split('.'));
}

function follow(value: unknown, steps: readonly string[]): unknown {
  if (steps.length === 0 || value === undefined || value === null) {
    return value ?? undefined;
  }
  if (isOpaque(value)) {
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
  'AWS::ApiGateway::Stage': 'API stage',
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::DynamoDB::GlobalTable': 'table',
  'AWS::EC2::EIP': 'public address',
  'AWS::EC2::NatGateway': 'NAT gateway',
  'AWS::EC2::VPC': 'network',
  'AWS::EC2::VPCEndpoint': 'VPC endpoint',
  'AWS::ECS::Service': 'container service',
  'AWS::Events::Rule': 'event rule',
  'AWS::KMS::Key': 'key',
  'AWS::Lambda::Alias': 'function alias',
  'AWS::Lambda::Url': 'function URL',
  'AWS::Logs::LogGroup': 'log group',
  'AWS::RDS::DBCluster': 'database cluster',
  'AWS::RDS::DBInstance': 'database',
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

/**
 * Whether a guard that was up is down. Where only the deployment knows, it may be: that is conditional.
 */
export function isDown(guards: (value: unknown) => boolean, was: unknown, is: unknown): 'yes' | 'maybe' | 'no' {
  if (isEqual(was, is) || (!isOpaque(was) && !guards(was)) || (!isOpaque(is) && guards(is))) {
    return 'no';
  }
  return isOpaque(was) || isOpaque(is) ? 'maybe' : 'yes';
}
