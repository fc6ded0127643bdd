import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { AZURE_RULES } from '../../lib/check/azure';
import { GCP_RULES } from '../../lib/check/gcp';
import checklist from './checklist.json';

const ROOT = join(__dirname, '..', '..');
const RULES = [...AZURE_RULES, ...GCP_RULES];
/** Ids of a public catalogue by the type of resource that they are about. */
const PUBLIC: { readonly [type: string]: readonly string[] } = checklist;
const DOCUMENT = readFileSync(join(ROOT, 'docs', 'policies.md'), 'utf8');
const COVERED = new Set(RULES.flatMap((rule) => rule.covers ?? []));
/** First cells of the table that says what is not covered, and why. */
const EXPLAINED = new Set([...DOCUMENT.matchAll(/^\| (CKV_[^|]+) \|/gm)].flatMap(([, ids]) => ids.split(/,\s*/)).map((id) => id.trim()));

/** Types whose bindings the constructs of Azure and Google Cloud import. */
function emitted(): Set<string> {
  const prefix: { readonly [provider: string]: string } = { azurerm: 'azurerm', google: 'google' };
  const sources = ['azure', 'gcp'].flatMap((cloud) =>
    readdirSync(join(ROOT, 'lib', cloud), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .map((file) => readFileSync(join(ROOT, 'lib', cloud, file), 'utf8')),
  );
  const imports = sources.flatMap((text) => [...text.matchAll(/@cdktf\/provider-(azurerm|google)\/lib\/([a-z0-9-]+)/g)]);
  return new Set(imports.map(([, provider, file]) => `${prefix[provider]}_${file.replace(/-/g, '_')}`));
}

test('the constructs emit types that are known', () => {
  expect(emitted()).toContain('google_storage_bucket');
  expect(emitted()).toContain('azurerm_storage_account');
});

test('every public rule about a type that a construct emits is covered, or docs/policies.md says why not', () => {
  const missing = [...emitted()].flatMap((type) =>
    (PUBLIC[type] ?? []).filter((id) => !COVERED.has(id) && !EXPLAINED.has(id)).map((id) => `${id} ${type}`),
  );
  expect(missing).toEqual([]);
});

test('a rule covers public rules about the types that it looks at', () => {
  const wrong = RULES.flatMap((rule) =>
    (rule.covers ?? []).filter((id) => !rule.types.some((type) => PUBLIC[type]?.includes(id))).map((id) => `${rule.id} ${id}`),
  );
  expect(wrong).toEqual([]);
});

test('no public rule is covered twice, or covered and explained away', () => {
  const all = RULES.flatMap((rule) => rule.covers ?? []);
  expect(all.filter((id, i) => all.indexOf(id) !== i || EXPLAINED.has(id))).toEqual([]);
});

test('docs/policies.md has a row for every rule', () => {
  const rows = RULES.map((r) => `| [\`${r.id}\`](${r.link}) | ${r.severity} | ${r.what} |`);
  expect(rows.filter((row) => !DOCUMENT.includes(row))).toEqual([]);
});
