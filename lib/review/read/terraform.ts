import { readdirSync } from 'fs';
import { basename, dirname, join, relative, resolve } from 'path';
import { Body, Cloud, ReviewError, Snapshot } from '../model';
import { isBody, readDocument } from './document';

/** The file of a stack. */
export const STACK_FILE = 'cdk.tf.json';

/** The stacks of a `cdktf.out`. */
export function readTerraformOutput(folder: string, manifest: Body): Snapshot[] {
  checkVersion(join(folder, 'manifest.json'), manifest.version);
  return Object.entries((manifest.stacks ?? {}) as { [name: string]: { synthesizedStackPath?: string } }).map(([name, stack]) => {
    const path = join(folder, stack.synthesizedStackPath ?? join('stacks', name, STACK_FILE));
    if (relative(folder, path).startsWith('..'))
      throw new ReviewError(`${join(folder, 'manifest.json')} names ${stack.synthesizedStackPath}, which is not in the folder.`);
    return readTerraformStack(path, readDocument(path), name);
  });
}

/** The stacks of a folder without a manifest. */
export function readStackFolders(folder: string): Snapshot[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name, STACK_FILE))
    .map((file) => readTerraformStack(file));
}

/** One `cdk.tf.json`. */
export function readTerraformStack(file: string, body: Body = readDocument(file), stack?: string): Snapshot {
  const { '//': comment, ...rest } = body;
  const metadata = (isBody(comment) && isBody(comment.metadata) ? comment.metadata : {}) as { version?: unknown; stackName?: unknown };
  if ('version' in metadata) checkVersion(file, metadata.version);
  const paths = new Map<string, string>();
  const blocks = {
    ...(rest.resource === undefined ? {} : { resource: byType(file, rest.resource, '', paths) }),
    ...(rest.data === undefined ? {} : { data: byType(file, rest.data, 'data.', paths) }),
  };
  const name = stack ?? (typeof metadata.stackName === 'string' ? metadata.stackName : nameOf(file));
  return { kind: 'terraform', cloud: cloudOf(rest, blocks.resource ?? {}), stack: name, file, body: { ...rest, ...blocks }, paths };
}

/** Whether it is Terraform's JSON configuration. */
export function isTerraform(body: Body): boolean {
  return ['terraform', 'resource', 'provider', 'module'].some((block) => isBody(body[block]) || Array.isArray(body[block]));
}

/** Blocks by type and name, without what cdktf notes about them. Terraform allows lists of blocks at each level. */
function byType(file: string, blocks: unknown, prefix: string, paths: Map<string, string>): { readonly [type: string]: Body } {
  const types: { [type: string]: { [name: string]: unknown } } = {};
  for (const group of list(blocks))
    for (const [type, named] of entries(file, group))
      for (const part of list(named))
        for (const [name, declared] of entries(file, part)) {
          const [block, ...more] = list(declared);
          if (more.length || !isBody(block)) throw new ReviewError(`${file}: ${prefix}${type}.${name} is not one block.`);
          const { '//': note, ...body } = block;
          const path = isBody(note) && isBody(note.metadata) ? note.metadata.path : undefined;
          if (typeof path === 'string') paths.set(`${prefix}${type}.${name}`, path);
          (types[type] ??= {})[name] = body;
        }
  return types;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function entries(file: string, value: unknown): [string, unknown][] {
  if (!isBody(value)) throw new ReviewError(`${file}: a resource block is not an object.`);
  return Object.entries(value).filter(([key]) => key !== '//');
}

function cloudOf(body: Body, resources: { readonly [type: string]: Body }): Cloud {
  const ofName = (name: string): Cloud | undefined =>
    /^(azurerm|azuread|azapi)(_|$)/.test(name)
      ? 'azure'
      : /^google(-beta)?(_|$)/.test(name)
        ? 'gcp'
        : // They belong to no cloud.
          /^(null|random|time|tls|local|terraform|archive|external|http)(_|$)/.test(name)
          ? undefined
          : 'terraform';
  const of = (names: readonly string[]): Set<Cloud> => new Set(names.map(ofName).filter((c) => c !== undefined));
  const found = of(Object.keys(resources));
  const clouds = found.size ? found : of(list(body.provider ?? {}).flatMap((p) => (isBody(p) ? Object.keys(p) : [])));
  return clouds.size === 1 ? [...clouds][0] : 'terraform';
}

function nameOf(file: string): string {
  const name = basename(file);
  return name === STACK_FILE ? basename(dirname(resolve(file))) : name.replace(/(\.tf)?\.json$/, '');
}

// CDKTF and its successor CDK Terrain both write the same format, as 0.x.
function checkVersion(file: string, version: unknown): void {
  if (typeof version === 'string' && /^0\.\d+\./.test(version)) return;
  throw new ReviewError(
    `${file} was written by CDKTF ${typeof version === 'string' ? version : 'of no version'}; this mlops diff reads the output of 0.x. ` +
      'Install a newer mlops-constructs.',
  );
}
