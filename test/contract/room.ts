import { Construct, IConstruct } from 'constructs';

/** One synthesized resource, whatever the cloud. */
export interface Resource {
  /** `AWS::Lambda::Function`, `google_cloud_run_v2_service`. */
  readonly type: string;
  /** Logical id or Terraform name. */
  readonly id: string;
  /** Everything that is declared about it, without construct metadata. */
  readonly body: unknown;
}

/** What a stack became. */
export interface Rendered {
  readonly resources: readonly Resource[];
  readonly outputs: { readonly [name: string]: unknown };
  /** The whole output as text: for looking words up, and for comparing two runs byte by byte. */
  readonly text: string;
}

/** How the contract suites use one cloud; each cloud's tests give their own. */
export interface Room {
  /** `aws`, `azure` or `gcp`. */
  readonly cloud: 'aws' | 'azure' | 'gcp';
  /** Makes a fresh stack, fills it, synthesizes it. */
  render(fill: (stack: Construct) => void): Rendered;
  /** A scope under the root that this cloud cannot be synthesized from: a cdktf stack for AWS, a CDK stack for the others. */
  wrongRoot(): Construct;
}

/** The construct that `fill` makes, for assertions on the object itself. */
export function built<T extends IConstruct>(
  room: Room,
  make: (stack: Construct) => T,
): { readonly construct: T; readonly rendered: Rendered } {
  let construct: T | undefined;
  const rendered = room.render((stack) => {
    construct = make(stack);
  });
  return { construct: construct!, rendered };
}

/** The problems that a function throws; fails the test if it throws none. */
export function problemsOf(f: () => unknown): readonly { code: string; prop: string; value?: unknown; reason: string; instead: string }[] {
  try {
    f();
  } catch (e) {
    const problems = (e as { problems?: never[] }).problems;
    if (!problems) throw e;
    return problems;
  }
  throw new Error('nothing was refused');
}
