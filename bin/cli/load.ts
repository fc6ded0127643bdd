import { posix, resolve } from 'path';
import { isValidationError, Problem } from '../../lib/core/errors';
import { ContainerImage } from '../../lib/core/image';
import type { MlPlatformProps } from '../../lib/core/platform';
import { checkFields, withoutProblems } from './fields';
import { InputError, LocatedProblem } from './problems';
import { Source } from './source';
import { FieldProblem } from './wording';

/** A declaration that was read, as far as it could be. */
export interface Loaded {
  readonly source: Source;
  /**
   * The props of `MlPlatform`, with absolute image directories. Where problems were found they are left out or replaced,
   * so that the clouds can look at the rest; absent if too little is left for that.
   */
  readonly declaration?: MlPlatformProps;
  /** What is wrong so far. */
  readonly problems: readonly LocatedProblem[];
  /** Whether a path was left out or replaced, so that what is found about it means nothing. */
  isReplaced(path: readonly string[]): boolean;
}

/** The declaration in a file. */
export interface LoadedDeclaration {
  readonly source: Source;
  readonly declaration: MlPlatformProps;
}

/**
 * Reads a declaration that has to be right as far as the file alone can tell.
 *
 * @throws InputError with all problems
 */
export function load(file: string, cwd: string = process.cwd()): LoadedDeclaration {
  const { source, declaration, problems } = read(file, cwd);
  if (problems.length || !declaration) throw new InputError(problems);
  return { source, declaration };
}

/**
 * Reads a declaration and finds everything that is wrong with it as far as the file alone can tell.
 *
 * @throws InputError if it is no declaration at all
 */
export function read(file: string, cwd: string): Loaded {
  const source = Source.read(file, cwd);
  const at = (path: readonly string[]) => source.locate(path);
  const fields = checkFields(source.data, at);
  const images = checkImages(source);
  const wrong = [...fields, ...images.filter((i) => !fields.some((f) => f.path.join('\n') === i.path.join('\n')))];
  const rest = withoutProblems(source.data, wrong, at);
  const replaced = rest?.replaced ?? [];
  return {
    source,
    declaration: rest && absoluteImages(rest.data as unknown as MlPlatformProps, source.folder),
    problems: [...source.duplicates, ...wrong.map((p) => locateField(source, p))],
    isReplaced: (path) => replaced.some((r) => r.every((step, i) => path[i] === step)),
  };
}

/** Gives a problem that a construct found its place in the file. */
export function locateProblem(source: Source, p: Problem): LocatedProblem {
  const path = source.split(p.prop);
  const place = source.locate(path, p.code === 'name' ? 'key' : 'value');
  const kind = /^(\w+\.\w+) /.exec(p.construct ?? '')?.[1];
  const { code, reason, instead } = p;
  return {
    file: source.file,
    line: place.line,
    column: place.column,
    path: path.join('.'),
    value: place.found && p.code !== 'name' ? place.value : p.value,
    byDefault: !place.found && p.value !== undefined,
    code,
    reason,
    instead,
    // The platform checks what all clouds have in common; naming it would tell nobody anything.
    by: kind && !kind.endsWith('.MlPlatform') ? [kind] : [],
  };
}

function locateField(source: Source, p: FieldProblem): LocatedProblem {
  const { line, column, found, value } = source.locate(p.path, p.atKey ? 'key' : 'value');
  const { code, reason, instead } = p;
  return {
    file: source.file,
    line,
    column,
    path: p.path.join('.'),
    ...(found && !isSecret(p) ? { value } : {}),
    code,
    reason,
    instead,
    by: [],
  };
}

/** Whether a value may be one that somebody wrote down under `secrets`, where none belongs: no log is to hold it. */
function isSecret({ path, code }: FieldProblem): boolean {
  return path[0] === 'secrets' && (path.length === 2 || code === 'unknown');
}

/** Where images are declared that are built from a directory. */
function imagePaths(data: unknown): { path: string[]; image: string }[] {
  const found: { path: string[]; image: string }[] = [];
  for (const kind of ['training', 'inference']) {
    const entries = (data as { [kind: string]: { [name: string]: { image?: unknown } | null } | null })[kind];
    for (const [name, entry] of Object.entries(typeof entries === 'object' ? (entries ?? {}) : {}))
      if (typeof entry?.image === 'string' && /^[./]/.test(entry.image)) found.push({ path: [kind, name, 'image'], image: entry.image });
  }
  return found;
}

function checkImages(source: Source): FieldProblem[] {
  return imagePaths(source.data).flatMap(({ path, image }) => {
    try {
      ContainerImage.fromDirectory(resolve(source.folder, image));
      return [];
    } catch (e) {
      if (!isValidationError(e)) throw e;
      return e.problems.map(({ code, reason, instead }) => ({ path, code, reason, instead }));
    }
  });
}

/** Makes image directories absolute; a pipeline then needs to be told where in the repository the one of its service is. */
function absoluteImages(declaration: MlPlatformProps, folder: string): MlPlatformProps {
  const { inference = {}, pipelines = {} } = declaration as unknown as Mutable;
  for (const pipeline of Object.values(pipelines)) {
    const image = inference[pipeline.deploys ?? '']?.image;
    if (image?.startsWith('./')) pipeline.context ??= posix.normalize(image).replace(/(.)\/$/, '$1');
  }
  for (const { path, image } of imagePaths(declaration)) {
    const [kind, name] = path;
    (declaration as unknown as Mutable)[kind as 'training' | 'inference'][name].image = resolve(folder, image);
  }
  return declaration;
}

/** The declaration while it is being read. */
interface Mutable {
  readonly training: { readonly [name: string]: { image: string } };
  readonly inference: { readonly [name: string]: { image: string } };
  readonly pipelines: { readonly [name: string]: { readonly deploys?: string; context?: string } };
}
