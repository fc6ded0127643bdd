// The example's declaration as it is, and as other users would have it: variants.json says what is written instead of what.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const example = join(here, '..', '..', 'examples', 'housing', 'ml-platform.yaml');
const replacements = JSON.parse(readFileSync(join(here, 'variants.json'), 'utf8'));

/** Names of all variants. */
export const VARIANTS = Object.keys(replacements);

/** Calls with the path of a variant's declaration, which lies beside the example because image directories are relative to it. */
export async function withVariant(name, use) {
  const file = join(dirname(example), `.${name}-${process.pid}.yaml`);
  try {
    writeFileSync(file, textOf(name));
    return await use(file);
  } finally {
    rmSync(file, { force: true });
  }
}

/** The same for the program of examples/compose, which holds its stack. */
export async function withCompose(_, use) {
  const program = join(here, '..', '..', 'examples', 'compose', 'aws.js');
  const file = join(dirname(program), `.compose-${process.pid}.js`);
  try {
    writeFileSync(file, readFileSync(program, 'utf8'));
    return await use(file);
  } finally {
    rmSync(file, { force: true });
  }
}

/** A variant's declaration, loaded. */
export async function declarationOf(name) {
  const { load } = require('../../bin/cli/load.js');
  return withVariant(name, (file) => load(file).declaration);
}

function textOf(name) {
  return replacements[name].reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`variant ${name}: the example does not say ${JSON.stringify(from)} any more`);
      return text.replace(from, to);
    },
    readFileSync(example, 'utf8'),
  );
}
