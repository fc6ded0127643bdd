import { existsSync, readdirSync, statSync } from 'fs';
import { basename, dirname, join } from 'path';
import { Body, ReviewError, Snapshot } from '../model';
import { isTemplate, readAssembly, readTemplate } from './cloudformation';
import { isBody, readDocument, unreadable } from './document';
import { isTerraform, readStackFolders, readTerraformOutput, readTerraformStack, STACK_FILE } from './terraform';

export { readDocument };

const KNOWN =
  'a folder written by mlops synth, a cdk.out, a cdktf.out, the folder of one stack, a CloudFormation template or a cdk.tf.json';

/**
 * The stacks that a path holds: a folder written by `mlops synth`, a `cdk.out`, a `cdktf.out`, a template, or a `cdk.tf.json`.
 *
 * @throws ReviewError if it is none of these, or cannot be read
 */
export function read(path: string): Snapshot[] {
  const found = isFolder(path) ? readFolder(path) : readFile(path);
  if (!found.length) throw new ReviewError(`${path} holds no stack.`);
  return found;
}

/**
 * Two revisions, to be compared with each other. The stack of a single file and the only one of the other revision are a pair, whatever they are called.
 *
 * @throws ReviewError if either cannot be read, or they have nothing in common
 */
export function readPair(before: string, after: string): { readonly before: Snapshot[]; readonly after: Snapshot[] } {
  const was = read(before);
  const is = read(after);
  if (!was.some((a) => is.some((b) => a.kind === b.kind)))
    throw new ReviewError(`${before} holds ${languages(was)} and ${after} ${languages(is)}: there is nothing to compare.`);
  if (was.length === 1 && is.length === 1 && (isSingle(before) || isSingle(after)))
    return { before: [{ ...was[0], stack: is[0].stack }], after: is };
  return { before: was, after: is };
}

function readFolder(folder: string): Snapshot[] {
  const has = (...names: string[]): boolean => existsSync(join(folder, ...names));
  if (has('manifest.json')) return readManifest(join(folder, 'manifest.json'));
  if (has(STACK_FILE)) return [readTerraformStack(join(folder, STACK_FILE))];
  const outputs = ['cdk.out', 'cdktf.out'].filter((name) => has(name));
  if (outputs.length) return outputs.flatMap((name) => readFolder(join(folder, name)));
  if (has('stacks') && readdirSync(join(folder, 'stacks')).some((name) => has('stacks', name, STACK_FILE)))
    return readStackFolders(join(folder, 'stacks'));
  const names = readdirSync(folder).sort();
  if (names.some((name) => name.endsWith('.template.json')))
    throw new ReviewError(`${folder} has templates, but no manifest.json. Synthesize it again, or name one template.`);
  const holds = names.length ? `It holds ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}` : 'It is empty';
  throw new ReviewError(`${folder} is none of these: ${KNOWN}. ${holds}.`);
}

function readManifest(file: string): Snapshot[] {
  const manifest = readDocument(file);
  if (isBody(manifest.artifacts)) return readAssembly(dirname(file), manifest);
  if (isBody(manifest.stacks)) return readTerraformOutput(dirname(file), manifest);
  // An assembly without any artifact names none.
  if ('version' in manifest && Object.keys(manifest).length === 1) return [];
  throw new ReviewError(`${file} is the manifest of neither the CDK nor CDKTF.`);
}

function readFile(file: string): Snapshot[] {
  if (basename(file) === 'manifest.json') return readManifest(file);
  const body = readDocument(file);
  // A template says what it is by its resources' types, Terraform by its blocks.
  if (isTemplate(body)) return [readTemplate(file, body)];
  if (isTerraform(body) && !('format_version' in body)) return [readTerraformStack(file, body)];
  throw new ReviewError(`${file} is none of these: ${KNOWN}.${hint(file, body)}`);
}

function hint(file: string, body: Body): string {
  if ('format_version' in body) return ` It is what terraform show -json writes: name it with --plan, beside the two revisions.`;
  if ('lineage' in body) return ' It is the state of Terraform, which says what is deployed and not what is declared.';
  if (isBody(body.targets) && 'name' in body) return ` It is a declaration: compare it with mlops diff --base GIT_REF ${file}.`;
  return '';
}

function isSingle(path: string): boolean {
  return !isFolder(path) || existsSync(join(path, STACK_FILE));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (e) {
    throw new ReviewError(unreadable(path, e as NodeJS.ErrnoException));
  }
}

function languages(snapshots: readonly Snapshot[]): string {
  const names = { cloudformation: 'CloudFormation', terraform: 'Terraform' };
  return [...new Set(snapshots.map((s) => names[s.kind]))].join(' and ');
}
