/** What happens to a resource when the change is deployed. */
export type Action = 'add' | 'update' | 'replace' | 'remove' | 'move';

/**
 * What a change means to those who depend on the resource.
 *
 * - `replace`: it is made anew; what it was is gone or stays behind.
 * - `interrupt`: the service is down or degraded while it happens.
 * - `data-loss`: something that holds data goes, or loses a protection that it had.
 * - `access`: somebody can do what nobody could before.
 * - `capacity`: accelerators, nodes, concurrency or always-on instances change.
 * - `cosmetic`: tags, descriptions, metadata, order.
 * - `unknown`: this tool does not understand a property well enough to call it safe.
 */
export type ChangeClass = 'data-loss' | 'replace' | 'interrupt' | 'access' | 'unknown' | 'capacity' | 'cosmetic';

/** Every class, the dangerous first: the order in which changes are shown. */
export const CLASSES: readonly ChangeClass[] = ['data-loss', 'replace', 'interrupt', 'access', 'unknown', 'capacity', 'cosmetic'];

/** Whether something forces a replacement: `conditional` if it depends on the values, `unknown` if nothing is known of it. */
export type Replacement = 'yes' | 'no' | 'conditional' | 'unknown';

/** A property that differs. */
export interface Cause {
  /** Dotted path within the resource: `template[0].containers[0].image`, `Properties.MemorySize`. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Whether this difference alone replaces the resource. */
  readonly replacement: Replacement;
  /** A sensitive value is neither stored here nor shown. */
  readonly sensitive?: boolean;
}

/** Why a change is in a class. */
export interface Finding {
  readonly class: ChangeClass;
  /** A sentence for the reviewer: what is newly possible, what is lost, the numbers before and after. */
  readonly why: string;
  /** It happens only under a condition that the output does not tell. */
  readonly conditional?: boolean;
}

/** One changed resource. */
export interface Change {
  readonly cloud: Cloud;
  /** Name of the stack. */
  readonly stack: string;
  /** Logical id (CloudFormation) or `type.name` (Terraform). Unique within a stack. */
  readonly address: string;
  /** Construct path, `housing-dev/Platform/InferencePredict/Resource`; absent where the output has none. */
  readonly path?: string;
  readonly type: string;
  readonly action: Action;
  /** Of the resource as a whole: the strongest of its causes. */
  readonly replacement: Replacement;
  readonly causes: readonly Cause[];
  readonly findings: readonly Finding[];
  /** `move` only: the address it had. */
  readonly from?: string;
  /** What the reviewer can do to avoid the danger: a `moved` block, a refactor, a deletion policy. */
  readonly advice?: string;
  /** Declared about the resource before and after, references resolved; absent where it did not exist. */
  readonly before?: Body;
  readonly after?: Body;
}

/** What is declared about a resource. */
export type Body = { readonly [property: string]: unknown };

/** `terraform` where a stack holds resources of neither or both. */
export type Cloud = 'aws' | 'azure' | 'gcp' | 'terraform';

/** One stack as it was synthesized. */
export interface Snapshot {
  readonly kind: 'cloudformation' | 'terraform';
  readonly cloud: Cloud;
  readonly stack: string;
  /** The file that it was read from. */
  readonly file: string;
  /** The template, or the parsed `cdk.tf.json`. */
  readonly body: Body;
  /** Construct path by logical id or `type.name`. */
  readonly paths: ReadonlyMap<string, string>;
  /** CloudFormation only: the stack cannot be deleted before somebody switches its protection off. A template alone does not tell. */
  readonly terminationProtection?: boolean;
}

/** The verdict on the difference between two revisions. */
export interface Report {
  readonly changes: readonly Change[];
  /** Stacks that were compared; `before` or `after` is missing where a stack is new or gone. */
  readonly stacks: readonly { readonly cloud: Cloud; readonly stack: string; readonly before: boolean; readonly after: boolean }[];
}

/** The classes of a change, the most dangerous first. */
export function classesOf(change: Change): ChangeClass[] {
  return CLASSES.filter((c) => change.findings.some((f) => f.class === c));
}

/** A reason why nothing could be compared; the command exits with 2. */
export class ReviewError extends Error {
  public constructor(message: string) {
    super(message);
    this.name = 'ReviewError';
  }
}
