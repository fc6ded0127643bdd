import { createHash } from 'crypto';
import { IConstruct } from 'constructs';

/** What a cloud demands of a physical name. */
export interface NameRule {
  /** Longest name the cloud takes. */
  readonly max: number;
  /** Put between words; empty where the cloud takes letters and digits only. */
  readonly separator: string;
  /** Readable start; the construct path when not given. */
  readonly prefix?: string;
  /** Mixed into the hash where names are global: a subscription, a project. */
  readonly seed?: string;
  /** Where a hash is never wanted because the name is unique within its parent anyway. */
  readonly noHash?: boolean;
}

/**
 * A physical name for clouds that demand one: readable, within the limit, unique by a hash of the construct path, stable over synths.
 * Lower-case letters, digits and the separator; starts with a letter.
 */
export function physicalName(scope: IConstruct, rule: NameRule): string {
  const sep = rule.separator;
  const words = (rule.prefix ?? scope.node.path)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const body = words.join(sep).replace(/^[^a-z]+/, '') || 'ml';
  if (rule.noHash) return trim(body, rule.max, sep);
  const hash = contentHash(`${rule.seed ?? ''}:${scope.node.path}`).slice(0, 8);
  return `${trim(body, rule.max - hash.length - sep.length, sep)}${sep}${hash}`;
}

/** SHA-256 in hexadecimal. */
export function contentHash(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

function trim(text: string, max: number, sep: string): string {
  const cut = text.slice(0, max);
  return sep && cut.endsWith(sep) ? cut.slice(0, -sep.length) : cut;
}

/** `TrainingTrainer` as `training-trainer`. */
export function kebab(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join('-');
}
