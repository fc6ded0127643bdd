import { Body, Cause, Change, Snapshot } from '../model';
import { diffAttributes, shown } from './attributes';
import { Block, Configuration } from './configuration';
import { attributesOf } from './facts';
import { isRecord, keyOf, soundsSecret, Value } from './value';

/** What a provider's own block gives to resources that do not say it themselves. */
const INHERITED: { readonly [provider: string]: readonly string[] } = { google: ['project', 'region', 'zone'] };
/** What says where everything of a provider is. */
const PLACE: { readonly [provider: string]: readonly string[] } = { azurerm: ['subscription_id', 'tenant_id', 'environment'] };

/** Differences of a resource because of the block of its provider. */
export function providerCauses(block: Block, values: { readonly [name: string]: Value }, was: Configuration, is: Configuration): Cause[] {
  const name = typeof block.raw.provider === 'string' ? block.raw.provider : block.type.split('_')[0];
  const before = was.providers.get(name);
  const after = is.providers.get(name);
  if (!before || !after || keyOf(before as Value) === keyOf(after as Value)) return [];
  const kind = name.split('.')[0];
  const facts = attributesOf(block.type);
  const differs = (attribute: string): boolean => keyOf(before[attribute] as Value) !== keyOf(after[attribute] as Value);
  const cause = (path: string, attribute: string): Cause => ({
    path,
    before: before[attribute],
    after: after[attribute],
    replacement: 'conditional',
  });
  const inherited = (INHERITED[kind] ?? []).filter((a) => differs(a) && facts?.get(a)?.computed && values[a] === undefined);
  const placed = (PLACE[kind] ?? []).filter(differs);
  return [
    ...inherited.map((a) => cause(a, a)),
    ...placed.map((a) => cause(`provider.${a}`, a)),
    ...labelCauses(block, values, before, after),
  ];
}

/** Labels that the Google provider puts on everything that can have some; a resource's own go before them. */
function labelCauses(block: Block, values: { readonly [name: string]: Value }, before: Body, after: Body): Cause[] {
  if (!attributesOf(block.type)?.has('terraform_labels')) return [];
  const [was, is] = [before.default_labels, after.default_labels].map((labels) => (isRecord(labels) ? labels : {}));
  const own = isRecord(values.labels) ? values.labels : {};
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((label) => own[label] === undefined && keyOf(was[label]) !== keyOf(is[label]))
    .map((label) => ({
      path: `terraform_labels.${label}`,
      ...(was[label] === undefined ? {} : { before: was[label] }),
      ...(is[label] === undefined ? {} : { after: is[label] }),
      replacement: 'no',
    }));
}

/** Changes of the providers' blocks themselves. */
export function diffProviders(was: Configuration, is: Configuration, { cloud, stack }: Snapshot): Change[] {
  return [...was.providers].flatMap(([name, before]): Change[] => {
    const after = is.providers.get(name);
    if (!after || keyOf(before as Value) === keyOf(after as Value)) return [];
    const { causes } = diffAttributes('provider', undefined, before as Values, after as Values);
    const understood = [...(INHERITED[name.split('.')[0]] ?? []), ...(PLACE[name.split('.')[0]] ?? []), 'default_labels'];
    const known = (path: string): boolean => understood.some((u) => path === u || path.startsWith(`${u}.`) || path.startsWith(`${u}[`));
    return [
      {
        cloud,
        stack,
        address: `provider.${name}`,
        type: 'provider',
        action: 'update',
        replacement: 'no',
        causes: causes.map((c): Cause => ({
          ...c,
          replacement: known(c.path) ? 'no' : 'unknown',
          ...(soundsSecret(c.path) ? { sensitive: true } : {}),
        })),
        findings: causes.every((c) => known(c.path))
          ? []
          : [{ class: 'unknown', why: 'A setting of the provider changes: what that does to its resources is only seen in a plan.' }],
        before: shown(undefined, before as Value) as Body,
        after: shown(undefined, after as Value) as Body,
      },
    ];
  });
}

type Values = { readonly [name: string]: Value };
