// Compiles with jsii, makes the root index lazy, writes the JSON Schema, docs/support.md and the tables of docs/policies.md.
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { writePolicies } from './policies.mjs';
import { writeSchema } from './schema.mjs';

const require = createRequire(import.meta.url);

writeSchema();

// The field name `accelerator.type` is the declaration's own word; it is reserved only in Go.
const jsii = spawnSync(process.execPath, [require.resolve('jsii/bin/jsii'), '--fail-on-warnings', '--silence-warnings', 'reserved-word'], {
  encoding: 'utf8',
  env: {
    ...process.env,
    JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
    JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
    JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1',
  },
});
if (jsii.status !== 0) {
  process.stderr.write(jsii.stdout + jsii.stderr);
  process.exit(jsii.status ?? 1);
}

// `require('mlops-constructs')` must not load a cloud's library before it is used.
const index = new URL('../../lib/index.js', import.meta.url);
const eager = readFileSync(index, 'utf8');
const lazy = eager.replace(
  /^exports\.(aws|azure|gcp) = __importStar\(require\("(\.\/\w+)"\)\);$/gm,
  (_, name, path) => `Object.defineProperty(exports, "${name}", { enumerable: true, configurable: true, get: () => require("${path}") });`,
);
if (lazy.split('defineProperty(exports, "a').length + lazy.split('defineProperty(exports, "g').length !== 5)
  throw new Error('lib/index.js is not as jsii used to write it: it cannot be made lazy');
writeFileSync(index, lazy);

// The same table as `mlops support` shows. Only now, because it and that of the rules come from what was compiled.
const { supportMarkdown } = require('../cli/support.js');
writeFileSync(new URL('../../docs/support.md', import.meta.url), supportMarkdown());
writePolicies();
chmodSync(new URL('../mlops.js', import.meta.url), 0o755);
