import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, statSync } from 'fs';
import { dirname, join, relative, resolve, sep } from 'path';
import { Checks, refuse } from './errors';
import { contentHash } from './naming';

/** Who decides which version of an application runs. */
export enum ImageOwner {
  /** The stack: the template names the image, and a deployment of the stack changes it. */
  STACK = 'stack',
  /**
   * The application's own pipeline: the template starts from a placeholder and ignores image drift,
   * so that deployments of infrastructure and of the application never fight.
   */
  PIPELINE = 'pipeline',
}

/**
 * Host, name, tag and digest.
 *
 * @see https://pkg.go.dev/github.com/distribution/reference
 */
const REFERENCE = new RegExp(
  [
    /^(?:(?:localhost|[\w-]+(?:\.[\w-]+)+|[\w-]+(?=:\d))(?::\d+)?\/)?/,
    /[a-z0-9]+(?:(?:\.|_{1,2}|-+|\/)[a-z0-9]+)*/,
    /(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

/**
 * A container image: a directory to build, or a reference to one that exists.
 *
 * @example
 * const built = ContainerImage.fromDirectory('./app');
 * const existing = ContainerImage.fromReference('ghcr.io/acme/housing:1.4');
 */
export class ContainerImage {
  /**
   * Built from a directory that holds a `Dockerfile`.
   *
   * On AWS `cdk deploy` builds and pushes it; on Azure and Google Cloud `terraform apply` has the cloud build it.
   *
   * @throws a problem if there is no such directory, or no Dockerfile in it
   */
  public static fromDirectory(path: string): ContainerImage {
    const directory = resolve(path);
    if (!existsSync(directory) || !statSync(directory).isDirectory())
      refuse(
        'missing',
        'image',
        path,
        'there is no such directory',
        'write a directory that holds a Dockerfile, or an image reference such as ghcr.io/acme/app:1.0',
      );
    if (!existsSync(join(directory, 'Dockerfile')))
      refuse(
        'missing',
        'image',
        path,
        'the directory holds no Dockerfile',
        'add a Dockerfile, or write an image reference such as ghcr.io/acme/app:1.0',
      );
    return new ContainerImage(directory, undefined);
  }

  /**
   * An image in a registry.
   *
   * @param reference such as `ghcr.io/acme/housing:1.4` or one with a digest
   */
  public static fromReference(reference: string): ContainerImage {
    if (!REFERENCE.test(reference) && !/\$\{/.test(reference))
      refuse(
        'syntax',
        'image',
        reference,
        'not an image reference, whose name is in lower case',
        'write registry/name:tag, or a directory that starts with ./',
      );
    return new ContainerImage(undefined, reference);
  }

  /** As the declaration writes it: a path that starts with `.` or `/` is a directory, anything else a reference. */
  public static parse(text: string): ContainerImage {
    return /^[./]/.test(text) ? ContainerImage.fromDirectory(text) : ContainerImage.fromReference(text);
  }

  private constructor(
    /** Absolute path of the directory to build, if it is to be built. */
    public readonly directory: string | undefined,
    /** The reference, if the image exists already. */
    public readonly reference: string | undefined,
  ) {}
}

/**
 * A tag for a directory's image: changes with any file that is part of it, and with nothing else.
 * Names and contents count, dates and permissions do not; `.git`, virtual environments and caches are passed over.
 */
export function directoryTag(directory: string): string {
  const lines = files(directory).map((f) => `${relative(directory, f).split(sep).join('/')}:${contentHash(readFileSync(f))}`);
  return contentHash(lines.join('\n')).slice(0, 16);
}

/** Names that are no part of an image. */
export const PASSED_OVER = new Set(['.git', '.venv', 'node_modules', '__pycache__', '.pytest_cache', '.ruff_cache', '.DS_Store']);

/** Every file of an image directory, in a stable order. */
export function files(directory: string): string[] {
  return readdirSync(directory)
    .filter((n) => !PASSED_OVER.has(n))
    .sort()
    .flatMap((n) => {
      const path = join(directory, n);
      const stat = lstatSync(path);
      return stat.isDirectory() ? files(path) : stat.isFile() ? [path] : [];
    });
}

/** Copies what belongs to an image and nothing else; cdktf alone would take whole directories, virtual environments and all. */
export function copyImage(directory: string, to: string): void {
  for (const file of files(directory)) {
    const target = join(to, relative(directory, file));
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    copyFileSync(file, target);
  }
}

/** Refuses a directory where there is no registry to push its image to. */
export function checkImage(checks: Checks, image: ContainerImage, registry: unknown): void {
  checks.require(
    image.directory === undefined || registry !== undefined,
    'missing',
    'registry',
    undefined,
    'the image is built from a directory, and there is no registry to push it to',
    'write registry: and an ImageRegistry, or give the image by reference',
  );
}
