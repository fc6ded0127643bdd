import { Environment, MlPlatformProps } from '../../core';
import { Checks } from '../../core/errors';

/** Tags as labels of Google Cloud, and those that had to be changed. */
export interface Labels {
  readonly labels: { readonly [name: string]: string };
  /** By the tag's name: what the label says. */
  readonly changed: { readonly [tag: string]: string };
}

/** What every resource of a platform is tagged with. */
export function platformTags({ name, environment = Environment.DEV, tags }: MlPlatformProps): { readonly [name: string]: string } {
  return { platform: name, environment, 'managed-by': 'mlops-constructs', ...tags };
}

const LONGEST = 63;

/**
 * Labels take lower-case letters, digits, dashes and underscores; names start with a letter.
 *
 * @see https://cloud.google.com/resource-manager/docs/labels-overview#requirements
 */
export function labelsOf(checks: Checks, tags: { readonly [name: string]: string }): Labels {
  const labels: { [name: string]: string } = {};
  const changed: { [tag: string]: string } = {};
  for (const [tag, value] of Object.entries(tags)) {
    const name = clean(tag).replace(/^[^a-z]+/, '');
    const text = clean(value);
    checks.require(
      name !== '',
      'name',
      `tags.${tag}`,
      tag,
      'a label of Google Cloud has a name that starts with a letter',
      'write a name such as team',
    );
    checks.require(
      !(name in labels),
      'conflict',
      `tags.${tag}`,
      value,
      `another tag becomes the label ${name}, too`,
      'leave one of the two out, or give it another name',
    );
    if (name !== tag || text !== value) changed[tag] = `label ${name}: ${text}`;
    if (name) labels[name] = text;
  }
  checks.require(
    Object.keys(labels).length <= 64,
    'limit',
    'tags',
    Object.keys(labels).length,
    'Google Cloud takes at most 64 labels',
    'write 60 tags or less',
  );
  return { labels, changed };
}

function clean(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')
    .slice(0, LONGEST);
}
