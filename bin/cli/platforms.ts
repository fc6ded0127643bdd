import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import type * as cdk from 'aws-cdk-lib/core';
import type * as cdktf from 'cdktf';
import type { CloudName } from '../../lib/core/catalogue';
import { isValidationError, Problem } from '../../lib/core/errors';
import { parity, ParityEntry } from '../../lib/core/parity';
import type { MlPlatformProps } from '../../lib/core/platform';
import { withoutTraces } from '../../lib/core/traces';

/** All clouds, in the order they are shown. */
export const CLOUDS: readonly CloudName[] = ['aws', 'azure', 'gcp'];

/** Where a cloud's output lies. */
export const FOLDER = { aws: 'cdk.out', azure: 'cdktf.out', gcp: 'cdktf.out' } as const;

/**
 * Flags that new CDK apps are advised to set, as far as they change what this library makes. In the code and not in cdk.json,
 * so that `mlops synth` and `npx cdk synth` write the same template. The user's own context goes before it.
 */
export const AWS_CONTEXT: { readonly [flag: string]: unknown } = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // Stack traces carry this machine's paths into the output, and cost time.
  'aws:cdk:disable-creation-stack-traces': true,
  'aws:cdk:disable-stack-trace': true,
};

/** How platforms are built. */
export interface BuildOptions {
  /** Where assets go while constructs are made, and the output when it is written. */
  readonly aws?: string;
  readonly terraform?: string;
  /** Nothing will be written: assets are not copied. */
  readonly dryRun?: boolean;
}

/** The platform on each cloud that was asked for, in memory. */
export interface Platforms {
  readonly aws?: cdk.App;
  readonly terraform?: cdktf.App;
  /** What any of the clouds refuses. */
  readonly problems: readonly Problem[];
  /** What stopped a cloud beside that. */
  readonly failures: readonly unknown[];
}

/** Name of a cloud's stack. */
export function stackName(cloud: CloudName, declaration: MlPlatformProps): string {
  const name = `${declaration.name}-${declaration.environment ?? 'dev'}`;
  return cloud === 'aws' ? name : `${name}-${cloud}`;
}

/** Makes the constructs of all the clouds asked for; a cloud that refuses does not keep the others from being looked at. */
export function buildPlatforms(declaration: MlPlatformProps, clouds: readonly CloudName[], options: BuildOptions = {}): Platforms {
  const problems: Problem[] = [];
  const failures: unknown[] = [];
  const attempt = (construct: () => void): void => {
    try {
      construct();
    } catch (e) {
      if (isValidationError(e)) problems.push(...e.problems);
      else failures.push(e);
    }
  };
  const aws = clouds.includes('aws') ? awsApp(options) : undefined;
  const terraform = clouds.some((c) => c !== 'aws') ? terraformApp(options) : undefined;
  for (const cloud of clouds)
    attempt(() => {
      const name = stackName(cloud, declaration);
      if (cloud === 'aws') new (awsLibrary().MlPlatformStack)(aws!, name, declaration);
      else withoutTraces(() => new (cloud === 'azure' ? azureLibrary() : gcpLibrary()).MlPlatformStack(terraform!, name, declaration));
    });
  if (aws) dropTraces(aws);
  return { aws, terraform, problems, failures };
}

/** Some of CDK's own constructs keep traces even so. */
function dropTraces(root: cdk.App): void {
  for (const { node } of root.node.findAll()) for (const entry of node.metadata) delete (entry as { trace?: unknown }).trace;
}

/** What became of the declaration, ordered by cloud and path. */
export function parityOf(platforms: Platforms): ParityEntry[] {
  return [platforms.aws, platforms.terraform].flatMap((app) => (app ? parity.report(app) : []));
}

/** How many stacks were written for a cloud, and how many resources they hold. */
export function count(cloud: CloudName, folder: string, stack: string): { readonly stacks: number; readonly resources: number } {
  const size = (o: object | undefined): number => Object.keys(o ?? {}).length;
  if (cloud === 'aws') {
    const templates = readdirSync(folder).filter((file) => file.endsWith('.template.json'));
    return { stacks: templates.length, resources: templates.reduce((n, file) => n + size(read(join(folder, file)).Resources), 0) };
  }
  const file = join(folder, 'stacks', stack, 'cdk.tf.json');
  const types = existsSync(file) ? Object.values(read(file).resource ?? {}) : [];
  return { stacks: 1, resources: types.reduce((n: number, ofType) => n + size(ofType as object), 0) };
}

function awsApp({ aws: outdir, dryRun }: BuildOptions): cdk.App {
  const { App } = cdkLibrary();
  // Run by the cdk command line, which says where to write and shows what the validator finds.
  if (!outdir) return new App({ context: AWS_CONTEXT, autoSynth: false });
  const own = {
    // What the validator refuses is thrown, with its whole report.
    '@aws-cdk/core:appMode': 'inmemory',
    // As the cdk command line does.
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    ...(dryRun ? { 'aws:cdk:disable-asset-staging': true } : {}),
  };
  return new App({ outdir, context: { ...AWS_CONTEXT, ...own }, autoSynth: false });
}

function terraformApp({ terraform: outdir }: BuildOptions): cdktf.App {
  const { App } = cdktfLibrary();
  return new App({ outdir, stackTraces: false });
}

function read(file: string): { readonly [key: string]: object | undefined } {
  return JSON.parse(readFileSync(file, 'utf8'));
}

// Only what is asked for is loaded: each library costs a good part of a second.
/* eslint-disable @typescript-eslint/no-require-imports */
const cdkLibrary = (): typeof cdk => require('aws-cdk-lib/core');
const cdktfLibrary = (): typeof cdktf => require('cdktf');
const awsLibrary = (): typeof import('../../lib/aws') => require('../../lib/aws');
const azureLibrary = (): typeof import('../../lib/azure') => require('../../lib/azure');
const gcpLibrary = (): typeof import('../../lib/gcp') => require('../../lib/gcp');
/* eslint-enable @typescript-eslint/no-require-imports */
