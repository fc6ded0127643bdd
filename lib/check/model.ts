import type { Body, Cloud, Snapshot } from '../review/model';

/** How much harm it can do, the worst last. */
export const SEVERITIES = ['low', 'medium', 'high'] as const;
/** How much harm it can do. */
export type Severity = (typeof SEVERITIES)[number];

/**
 * What a rule says of a resource: it keeps it, it breaks it, or it does not concern it.
 * `unknown`: only the deployment knows, because the value is a reference; it is shown, and fails nothing.
 */
export type Judgement = 'compliant' | 'non-compliant' | 'not-applicable' | 'unknown';

/** One rule, about one thing. */
export interface Rule {
  /** Name of its file, with the cloud before it: `gcp-storage-public-access`. */
  readonly id: string;
  readonly severity: Severity;
  /** Terraform types that it looks at. */
  readonly types: readonly string[];
  /** What it demands, as a sentence: `The bucket refuses public access.` */
  readonly what: string;
  /** What can happen where it is broken, as a sentence. */
  readonly why: string;
  /** What to write, as a command: `Write publicAccessPrevention: enforced.` */
  readonly mend: string;
  /** The vendor's page that it rests on. */
  readonly link: string;
  /** Rules of public catalogues that it covers, such as `CKV_GCP_114`. */
  readonly covers?: readonly string[];
  judge(resource: Resource, stack: Stack): Judgement;
}

/** A resource that was synthesized. */
export interface Resource {
  readonly type: string;
  /** `google_storage_bucket.Artifacts_1A2B`. */
  readonly address: string;
  /** Construct path. */
  readonly path?: string;
  readonly body: Body;
}

/** One Terraform stack, for rules that look at what stands beside a resource. */
export interface Stack {
  /** Resources of a type. */
  all(type: string): readonly Resource[];
  /** Resources of a type that refer to another, by any of its attributes. */
  referring(type: string, to: Resource): readonly Resource[];
}

/** A rule that is broken by a resource. */
export interface Finding {
  readonly cloud: Cloud;
  readonly stack: string;
  /** The file that it stands in. */
  readonly file: string;
  readonly address: string;
  readonly path?: string;
  readonly type: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
  readonly mend: string;
  readonly link?: string;
  /** `acknowledged`: somebody said why it stays as it is. `unknown`: only the deployment knows. */
  readonly state: 'open' | 'acknowledged' | 'unknown';
  /** Why it was acknowledged. */
  readonly reason?: string;
}

/** What was found in all stacks. */
export interface CheckReport {
  readonly findings: readonly Finding[];
  readonly stacks: readonly { readonly cloud: Cloud; readonly stack: string; readonly resources: number; readonly rules: number }[];
  /** Acknowledgements that no finding needs any more. */
  readonly unused: readonly { readonly stack: string; readonly path: string; readonly rule: string }[];
}

/** Reasons by rule, with the construct path below which they hold. */
export interface Acknowledgement {
  readonly path: string;
  readonly rule: string;
  readonly reason: string;
}

/** What one stack says and holds. */
export interface Checked {
  readonly snapshot: Snapshot;
  readonly resources: number;
  readonly rules: number;
  readonly findings: readonly Omit<Finding, 'state' | 'reason'>[];
  /** Those of which only the deployment knows. */
  readonly unknown: readonly Omit<Finding, 'state' | 'reason'>[];
  readonly acknowledged: readonly Acknowledgement[];
}
