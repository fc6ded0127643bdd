// Runs `mlops synth` on a text, in this process or as the command, each time in a folder of another name that is gone afterwards.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isField } from './leaves.mjs';
import { addressesOf } from './output.mjs';

const require = createRequire(import.meta.url);
const { main } = require('../../../bin/cli/main.js');
const colors = require('picocolors').createColors(false);
const MLOPS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'bin', 'mlops.js');
const FILE = 'platform.yaml';
let folders = 0;

/**
 * In this process, which is faster by far.
 *
 * @param strict with CDK's validator, and its warnings as errors
 */
export async function synth(work, text, { strict = false } = {}) {
  const folder = prepare(work, text);
  let [out, err] = ['', ''];
  const write = { out: (t) => (out += t), err: (t) => (err += t), outColors: colors, errColors: colors };
  process.env.CDK_VALIDATION = String(strict);
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ '@aws-cdk/core:strictCfnValidateErrors': strict });
  const code = await main(['synth', FILE], { cwd: folder, ...write, columns: 200, interactive: false });
  return finish(folder, { code, out, err });
}

/** As a person runs it. */
export function command(work, text) {
  const folder = prepare(work, text);
  const env = { ...process.env, NO_COLOR: '1', CDK_VALIDATION: 'false' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MLOPS, 'synth', FILE], { cwd: folder, env, encoding: 'utf8' });
  return finish(folder, { code: status, out: stdout, err: stderr });
}

/** Exit code 2, nothing on standard output, no stack trace, a line and a column, and no file. */
export function checkRefusal({ code, out, err, written }) {
  if (code !== 2) throw new Error(`ended with ${code}: ${err}`);
  if (out) throw new Error(`said on standard output: ${out}`);
  if (/^\s+at .*:\d+:\d+\)?$/m.test(err)) throw new Error(`a stack trace: ${err}`);
  const problems = problemsIn(err);
  if (!problems.length) throw new Error(`no line and column: ${err}`);
  for (const { path, reason, instead } of problems) {
    if (!isField(path.split('.')) && !/^there is no such field/.test(reason)) throw new Error(`${path} can be written nowhere: ${err}`);
    for (const text of [path, reason, instead])
      if (text === undefined || /\b(undefined|NaN|\[object \w+\])|\$\{Token/.test(text)) throw new Error(`not for people: ${err}`);
  }
  if (written.length) throw new Error(`${written.join(', ')} was written all the same`);
}

/** What a refusal names. */
export function problemsIn(err) {
  const lines = err.split('\n');
  return lines.flatMap((head, i) => {
    const [, line, rest] = /^platform\.yaml:(\d+):\d+ {2}(.+)$/.exec(head) ?? [];
    if (!line) return [];
    const [, instead] = /^ {2}-> (\S.*)$/.exec(lines[i + 2] ?? '') ?? [];
    return [{ line: Number(line), path: rest.split('  ')[0], reason: lines[i + 1]?.trim(), instead }];
  });
}

function prepare(work, text) {
  const folder = join(work, `${++folders}${'x'.repeat(folders % 7)}`);
  mkdirSync(join(folder, 'app'), { recursive: true });
  writeFileSync(join(folder, 'app', 'Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(folder, FILE), text);
  return folder;
}

function finish(folder, result) {
  const written = readdirSync(folder).filter((name) => name !== FILE && name !== 'app');
  const files = result.code === 0 ? read(folder) : {};
  rmSync(folder, { recursive: true, force: true });
  const addresses = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, addressesOf(text)]));
  return { ...result, ok: result.code === 0, written, files, addresses };
}

function read(folder) {
  const files = {};
  const cloud = join(folder, 'cdk.out');
  if (existsSync(cloud))
    for (const name of readdirSync(cloud).filter((n) => n.endsWith('.template.json')))
      files[name] = readFileSync(join(cloud, name), 'utf8');
  const stacks = join(folder, 'cdktf.out', 'stacks');
  if (existsSync(stacks)) for (const name of readdirSync(stacks)) files[name] = readFileSync(join(stacks, name, 'cdk.tf.json'), 'utf8');
  return files;
}
