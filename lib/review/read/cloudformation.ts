import { existsSync, readFileSync } from 'fs';
import { dirname, join, relative } from 'path';
import { Body, ReviewError, Snapshot } from '../model';
import { isBody, readDocument } from './document';

// The schema of the aws-cdk-lib that this package is tested with. What is read here has been there since the first.
const NEWEST_ASSEMBLY = 55;

/** What a manifest says about a part of the assembly. */
interface Artifact {
  readonly type?: string;
  readonly environment?: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly directoryName?: string;
    readonly terminationProtection?: boolean;
  };
  readonly metadata?: Metadata;
  readonly additionalMetadataFile?: string;
}
type Metadata = { readonly [path: string]: readonly { readonly type?: string; readonly data?: unknown }[] };

/** The stacks of a `cdk.out`, those of its stages and nested stacks among them. */
export function readAssembly(folder: string, manifest: Body): Snapshot[] {
  checkVersion(folder, manifest.version);
  const found = Object.entries((manifest.artifacts ?? {}) as { [id: string]: Artifact }).flatMap(([id, artifact]) => {
    const { properties = {} } = artifact;
    if (artifact.type === 'cdk:cloud-assembly') {
      const nested = inside(folder, properties.directoryName ?? '');
      return readAssembly(nested, readDocument(join(nested, 'manifest.json'))).map((snapshot) => ({ snapshot, place: '' }));
    }
    if (artifact.type !== 'aws:cloudformation:stack') return [];
    const snapshots = withNested(properties.stackName ?? id, inside(folder, properties.templateFile ?? `${id}.template.json`), {
      ...logicalIds(artifact.metadata),
      ...(artifact.additionalMetadataFile
        ? logicalIds(readDocument(inside(folder, artifact.additionalMetadataFile)) as unknown as Metadata)
        : {}),
    });
    const terminationProtection = properties.terminationProtection ?? false;
    return snapshots.map((snapshot) => ({ snapshot: { ...snapshot, terminationProtection }, place: artifact.environment ?? id }));
  });
  // One name may stand for stacks in several regions.
  const times = new Map<string, number>();
  for (const { snapshot } of found) times.set(snapshot.stack, (times.get(snapshot.stack) ?? 0) + 1);
  return found.map(({ snapshot, place }) =>
    place && times.get(snapshot.stack)! > 1 ? { ...snapshot, stack: `${snapshot.stack} in ${place.replace(/^aws:\/\//, '')}` } : snapshot,
  );
}

/** One template. */
export function readTemplate(file: string, body = readDocument(file), stack = stackOf(file)): Snapshot {
  return { kind: 'cloudformation', cloud: 'aws', stack, file, body: checked(file, body), paths: pathsOf(body, {}) };
}

/** Whether it is a CloudFormation template. */
export function isTemplate(body: Body): boolean {
  return (
    'AWSTemplateFormatVersion' in body || (isBody(body.Resources) && Object.values(body.Resources).some((r) => isBody(r) && 'Type' in r))
  );
}

function withNested(stack: string, file: string, known: { readonly [id: string]: string }): Snapshot[] {
  const body = checked(file, readDocument(file));
  const own: Snapshot = { kind: 'cloudformation', cloud: 'aws', stack, file, body, paths: pathsOf(body, known) };
  const nested = Object.entries(resourcesOf(body)).flatMap(([id, resource]) => {
    if (resource.Type !== 'AWS::CloudFormation::Stack') return [];
    const template = nestedTemplate(file, resource);
    return template ? withNested(`${stack}/${id}`, template, {}) : [];
  });
  return [own, ...nested];
}

/** Where the template of a nested stack lies, by the asset that its URL points to. */
function nestedTemplate(file: string, resource: Body): string | undefined {
  const folder = dirname(file);
  const named = isBody(resource.Metadata) ? resource.Metadata['aws:asset:path'] : undefined;
  if (typeof named === 'string') return inside(folder, named);
  const assets = file.replace(/(\.nested)?\.template\.json$/, '.assets.json');
  if (assets === file || !existsSync(assets)) return undefined;
  const url = JSON.stringify(isBody(resource.Properties) ? resource.Properties.TemplateURL : undefined) ?? '';
  const files = Object.entries((readDocument(assets).files ?? {}) as { [hash: string]: { source?: { path?: string } } });
  const source = files.find(([hash]) => url.includes(hash))?.[1].source?.path;
  return source === undefined ? undefined : inside(folder, source);
}

function checked(file: string, body: Body): Body {
  const version = body.AWSTemplateFormatVersion;
  if (version !== undefined && version !== '2010-09-09')
    throw new ReviewError(`${file} is a template of version ${JSON.stringify(version)}; CloudFormation knows 2010-09-09 only.`);
  if (body.Resources !== undefined && !isBody(body.Resources)) throw new ReviewError(`${file}: Resources is not an object.`);
  for (const [id, resource] of Object.entries(body.Resources ?? {})) {
    if (id.startsWith('Fn::ForEach'))
      throw new ReviewError(`${file}: ${id} is expanded by CloudFormation only, so that its resources cannot be compared here.`);
    if (!isBody(resource) || typeof resource.Type !== 'string') throw new ReviewError(`${file}: the resource ${id} has no Type.`);
  }
  return body;
}

function pathsOf(body: Body, known: { readonly [id: string]: string }): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const [id, { Metadata }] of Object.entries(resourcesOf(body))) {
    const path = (isBody(Metadata) ? Metadata['aws:cdk:path'] : undefined) ?? known[id];
    if (typeof path === 'string') paths.set(id, path);
  }
  return paths;
}

function resourcesOf(body: Body): { readonly [id: string]: Body } {
  return (body.Resources ?? {}) as { readonly [id: string]: Body };
}

/** Construct paths by logical id, as the assembly's metadata has them. */
function logicalIds(metadata: Metadata = {}): { readonly [id: string]: string } {
  return Object.fromEntries(
    Object.entries(metadata).flatMap(([path, entries]) =>
      entries.filter(({ type }) => type === 'aws:cdk:logicalId').map(({ data }) => [String(data), path.replace(/^\//, '')]),
    ),
  );
}

function stackOf(file: string): string {
  const name = file.split(/[\\/]/).pop()!;
  return name.replace(/(\.template)?\.(json|ya?ml|template)$/i, '');
}

/** A path that a manifest names. It comes with the change under review, and may name nothing outside of its folder. */
function inside(folder: string, name: string): string {
  const path = join(folder, name);
  if (name === '' || relative(folder, path).startsWith('..'))
    throw new ReviewError(`${join(folder, 'manifest.json')} names ${JSON.stringify(name)}, which is not in the folder.`);
  return path;
}

function checkVersion(folder: string, version: unknown): void {
  const major = typeof version === 'string' ? Number(/^(\d+)\./.exec(version)?.[1] ?? NaN) : NaN;
  const newest = Math.max(NEWEST_ASSEMBLY, installedAssembly());
  if (major >= 1 && major <= newest) return;
  const what = Number.isNaN(major) ? 'names no version of its schema' : `has schema version ${version}`;
  throw new ReviewError(
    `${join(folder, 'manifest.json')} ${what}; this mlops diff reads versions 1 to ${newest}. ` +
      (major > newest
        ? 'Install a newer mlops-constructs, or name one template of the folder.'
        : 'Synthesize it with a current aws-cdk-lib, or name one template of the folder.'),
  );
}

/** The schema that the aws-cdk-lib installed here writes, found without loading it. */
function installedAssembly(): number {
  try {
    const library = dirname(require.resolve('aws-cdk-lib/package.json'));
    const schema = require.resolve('@aws-cdk/cloud-assembly-schema/package.json', { paths: [library] });
    return parseInt(JSON.parse(readFileSync(schema, 'utf8')).version, 10) || 0;
  } catch {
    return 0;
  }
}
