// Writes the check of a declaration as code, which ajv would else make of the schema at each start of a command: 140 ms.
import { readFileSync, writeFileSync } from 'node:fs';
import Ajv from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

const file = (relative) => new URL(`../../${relative}`, import.meta.url);

export function writeValidator() {
  const ajv = new Ajv.default({ allErrors: true, strict: false, verbose: true, code: { source: true } });
  const validate = ajv.compile(JSON.parse(readFileSync(file('schema/ml-platform.schema.json'), 'utf8')));
  writeFileSync(file('bin/cli/fields.generated.js'), standalone.default(ajv, validate));
}
