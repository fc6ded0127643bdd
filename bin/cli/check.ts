import { CLOUD_TITLE, CloudName } from '../../lib/core/catalogue';
import type { MlPlatformProps } from '../../lib/core/platform';
import { Loaded, locateProblem, read } from './load';
import { requirePeers } from './peers';
import { BuildOptions, buildPlatforms, CLOUDS, Platforms } from './platforms';
import { InputError } from './problems';
import { captureConsole, silenceLibraries } from './quiet';

/** What is checked, and how. */
export interface CheckOptions {
  /** Clouds that have to be there; those that are declared when not given. */
  readonly asked?: readonly CloudName[];
  /** Clouds that are looked at if they are declared. */
  readonly among?: readonly CloudName[];
  readonly build?: BuildOptions;
}

/** A declaration without a problem, and its platforms. */
export interface Checked {
  readonly declaration: MlPlatformProps;
  readonly clouds: readonly CloudName[];
  readonly platforms: Platforms;
}

/**
 * Reads a declaration, makes all constructs of all its clouds, and gathers what is wrong with either.
 *
 * @throws InputError with every problem
 */
export function check(file: string, cwd: string, { asked, among = CLOUDS, build }: CheckOptions = {}): Checked {
  silenceLibraries();
  const loaded = read(file, cwd);
  const { source, declaration } = loaded;
  if (!declaration) throw new InputError(loaded.problems);
  const clouds = cloudsOf(loaded, declaration, among, asked);
  requirePeers(clouds);
  const { result: platforms } = captureConsole(() => buildPlatforms(declaration, clouds, build));
  const found = platforms.problems.map((p) => locateProblem(source, p)).filter((p) => !loaded.isReplaced(cause(source.split(p.path))));
  const problems = [...loaded.problems, ...found];
  if (problems.length) throw new InputError(problems);
  if (platforms.failures.length) throw platforms.failures[0];
  return { declaration, clouds, platforms };
}

/** The field that a problem hangs on: whether a command is needed depends on the image, which may bring its own. */
function cause(path: readonly string[]): readonly string[] {
  return path[path.length - 1] === 'command' ? [...path.slice(0, -1), 'image'] : path;
}

function cloudsOf(
  { source, problems }: Loaded,
  declaration: MlPlatformProps,
  among: readonly CloudName[],
  asked?: readonly CloudName[],
): readonly CloudName[] {
  const declared = CLOUDS.filter((c) => declaration.targets[c]);
  const lacking = (asked ?? []).filter((c) => !declared.includes(c));
  const clouds = declared.filter((c) => (asked ?? among).includes(c));
  if (!lacking.length && clouds.length) return clouds;
  const { line, column } = source.locate(['targets']);
  const missing = lacking.length ? lacking : among;
  throw new InputError([
    ...problems,
    ...missing.map((cloud) => ({
      file: source.file,
      line,
      column,
      path: `targets.${cloud}`,
      code: 'missing',
      reason: `${CLOUD_TITLE[cloud]} is asked for, but not declared`,
      instead: `add ${cloud} under targets, or ask for ${declared.join(', ')} only`,
      by: [],
    })),
  ]);
}

/** `AWS, Azure and Google Cloud`. */
export function titles(clouds: readonly CloudName[]): string {
  const words = clouds.map((c) => CLOUD_TITLE[c]);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
