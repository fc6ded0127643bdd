import { basename } from 'path';
import { IConstruct } from 'constructs';
import { CloudName } from '../catalogue';
import { parity } from '../parity';
import { MlPlatformProps } from '../platform';
import { isDirectory } from './props';

/** Constructs note what they translate; whatever they did not, they took as it stands. */
export function noteTheRest(scope: IConstruct, cloud: CloudName, declaration: MlPlatformProps): void {
  const noted = parity.report(scope).filter((e) => e.cloud === cloud);
  const { training, inference, pipelines, monitoring, tags, storage, registry, tracking, models, features, secrets } = declaration;
  const declared = { training, inference, pipelines, monitoring, tags, storage, registry, tracking, models, features, secrets };
  const capabilities = /^(storage\.shared\.[^.]+|\w+\.[^.]+|monitoring|tags|registry)$/;
  const atOrAbove = new Set(noted.flatMap((e) => upTo(e.path)));
  const whole = new Set(noted.map((e) => e.path).filter((path) => !capabilities.test(path)));
  const covered = (path: string): boolean => atOrAbove.has(path) || upTo(path).some((p) => whole.has(p));
  for (const [path, value] of leaves(declared)) {
    const steps = path.split('.');
    const field = steps[steps.length - 1];
    if (isLeftOut(cloud, declaration, steps) || covered(path)) continue;
    // The directory's own path is this machine's affair.
    const built = field === 'image' && isDirectory(String(value));
    const shown = built ? `an image built from ${basename(String(value))}` : typeof value === 'string' ? value : JSON.stringify(value);
    parity.mapped(scope, cloud, path, shown);
  }
}

/** Whether the path is a list of clouds, or within something that does not go to this one. */
function isLeftOut(cloud: CloudName, declaration: MlPlatformProps, steps: readonly string[]): boolean {
  let at: unknown = declaration;
  for (const [n, step] of steps.entries()) {
    const on = n >= 2 ? (at as { readonly on?: unknown }).on : undefined;
    if (Array.isArray(on) && (step === 'on' || !on.includes(cloud))) return true;
    at = (at as { readonly [field: string]: unknown } | undefined)?.[step];
  }
  return false;
}

/** Each field of a declaration that holds a value or a list, with its path. */
function leaves(o: unknown, path: string[] = []): [string, unknown][] {
  if (o === undefined || o === null) return [];
  if (typeof o !== 'object' || Array.isArray(o)) return [[path.join('.'), o]];
  return Object.entries(o).flatMap(([k, v]) => leaves(v, [...path, k]));
}

/** `a.b.c` as `a`, `a.b` and `a.b.c`. */
function upTo(path: string): string[] {
  return path.split('.').map((_, i, steps) => steps.slice(0, i + 1).join('.'));
}
