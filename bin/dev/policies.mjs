// Writes the tables of rules into docs/policies.md, from what was compiled.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const DOCUMENT = new URL('../../docs/policies.md', import.meta.url);

function table(rules) {
  const rows = rules.map((r) => `| [\`${r.id}\`](${r.link}) | ${r.severity} | ${r.what} | ${(r.covers ?? []).join(', ')} |`);
  return ['| rule | severity | what it demands | covers |', '|---|---|---|---|', ...rows].join('\n');
}

/** Replaces what stands between the marks of each cloud. */
export function writePolicies() {
  const { AZURE_RULES } = require('../../lib/check/azure/index.js');
  const { GCP_RULES } = require('../../lib/check/gcp/index.js');
  const text = Object.entries({ azure: AZURE_RULES, gcp: GCP_RULES }).reduce(
    (document, [cloud, rules]) => {
      const marked = new RegExp(`(<!-- rules of ${cloud} -->\n)[^]*?(<!-- end -->)`);
      if (!marked.test(document)) throw new Error(`docs/policies.md has no place for the rules of ${cloud}`);
      return document.replace(marked, (_, begin, end) => `${begin}\n${table(rules)}\n\n${end}`);
    },
    readFileSync(DOCUMENT, 'utf8'),
  );
  writeFileSync(DOCUMENT, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writePolicies();
