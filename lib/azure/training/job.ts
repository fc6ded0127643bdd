import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { AssetType, TerraformAsset, Token } from 'cdktf';
import { Construct } from 'constructs';
import { contentHash } from '../../core/naming';
import { Duration } from '../../core/units';
import { stagingFolder } from '../private/staging';
import { trackElsewhere } from '../private/tracking-client';
import { ISharedFileSystem } from '../file-system';
import { MOUNTING, mounting, readingSecrets } from './at-start';

/** A folder of the artifact store that a job sees as a folder of its machine. */
export interface Mount {
  /** Variable that names the folder to the program. */
  readonly variable: string;
  /** Name of the input or output. */
  readonly name: string;
  /** `azureml://datastores/<name>/paths/<folder>`. */
  readonly uri: string;
  readonly writable: boolean;
}

/** A job of Azure ML, before it takes the form of the command line or of the API. */
export interface Job {
  /** Name that all jobs of the cluster run under. */
  readonly experiment: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly workingDirectory?: string;
  readonly env: { readonly [name: string]: string };
  /** Runs go to another server than the workspace that the job is in. */
  readonly tracksElsewhere: boolean;
  readonly mounts: readonly Mount[];
  /** File systems that the job mounts itself, by path. */
  readonly fileSystems: { readonly [path: string]: ISharedFileSystem };
  /** URIs of the secrets that it reads when it starts, by variable. */
  readonly secrets: { readonly [variable: string]: string };
  readonly instances: number;
  /** Shared memory, such as `16g`. */
  readonly sharedMemory: string;
  readonly timeout: Duration;
}

/** What Azure ML runs in the shell of each machine. */
export function shellCommand(job: Job): string {
  return [
    // Lets Azure SDKs act as the machine's identity without further ado.
    ...('AZURE_CLIENT_ID' in job.env ? [] : ['export AZURE_CLIENT_ID="$DEFAULT_IDENTITY_CLIENT_ID"']),
    ...(job.tracksElsewhere ? [trackElsewhere()] : []),
    ...job.mounts.map((m) => `export ${m.variable}="\${{${m.writable ? 'outputs' : 'inputs'}.${m.name}}}"`),
    ...mounting(job.fileSystems),
    ...readingSecrets(job.secrets, quote),
    // Azure ML chooses these three on each machine.
    ...(job.instances > 1 ? ['echo "machine $NODE_RANK of $NNODES meets the others at $MASTER_ADDR:$MASTER_PORT"'] : []),
    ...(job.workingDirectory === undefined ? [] : [`cd ${quote(job.workingDirectory)}`]),
    job.command.map(quote).join(' '),
  ].join(' && ');
}

function mounts(job: Job): boolean {
  return Object.keys(job.fileSystems).length > 0;
}

interface Tree {
  [key: string]: string | number | Tree;
}

/** The job as `az ml job create` takes it. */
function specification(job: Job, compute: string): Tree {
  const side = (writable: boolean): Tree =>
    Object.fromEntries(
      job.mounts
        .filter((m) => m.writable === writable)
        .map((m): [string, Tree] => [m.name, { type: 'uri_folder', path: m.uri, mode: writable ? 'rw_mount' : 'ro_mount' }]),
    );
  return {
    $schema: 'https://azuremlschemas.azureedge.net/latest/commandJob.schema.json',
    type: 'command',
    display_name: job.experiment,
    experiment_name: job.experiment,
    command: shellCommand(job),
    environment: { image: job.image },
    environment_variables: { ...job.env },
    ...(job.mounts.length ? { inputs: side(false), outputs: side(true) } : {}),
    compute: `azureml:${compute}`,
    resources: { instance_count: job.instances, shm_size: job.sharedMemory, ...(mounts(job) ? { docker_args: MOUNTING } : {}) },
    ...(job.instances > 1 ? { distribution: { type: 'pytorch', process_count_per_instance: 1 } } : {}),
    limits: { timeout: job.timeout.toSeconds() },
    identity: { type: 'managed' },
  };
}

/** A job specification beside the stack, and what has to be said when it is used. */
export interface RenderedJob {
  /** Path of the file, from the stack's folder. */
  readonly file: string;
  /** `--set` for whatever is known only when the stack is deployed. */
  readonly settings: readonly string[];
}

/** Writes the job specification beside the stack. */
export function renderJob(scope: Construct, id: string, job: Job, compute: string): RenderedJob {
  const tree = specification(job, compute);
  const settings: string[] = [];
  const known = (node: Tree, path: string): Tree =>
    Object.fromEntries(
      Object.entries(node).flatMap(([key, value]): [string, string | number | Tree][] => {
        const at = path ? `${path}.${key}` : key;
        if (typeof value === 'object') return [[key, known(value, at)]];
        if (!Token.isUnresolved(value)) return [[key, value]];
        settings.push(`--set ${at}=${quote(String(value))}`);
        return [];
      }),
    );
  const text = yaml(known(tree, ''));
  const folder = stagingFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'job.yml'), text);
  const asset = new TerraformAsset(scope, id, {
    path: join(folder, 'job.yml'),
    type: AssetType.FILE,
    assetHash: contentHash(text).slice(0, 8),
  });
  return { file: asset.path, settings };
}

/** The job as the API of Azure ML takes it. */
export function jobProperties(job: Job, computeId: string, environmentId: string): object {
  const side = (writable: boolean): object =>
    Object.fromEntries(
      job.mounts
        .filter((m) => m.writable === writable)
        .map((m) => [
          m.name,
          writable
            ? { jobOutputType: 'uri_folder', uri: m.uri, mode: 'ReadWriteMount' }
            : { jobInputType: 'uri_folder', uri: m.uri, mode: 'ReadOnlyMount' },
        ]),
    );
  return {
    jobType: 'Command',
    displayName: job.experiment,
    experimentName: job.experiment,
    computeId,
    environmentId,
    command: shellCommand(job),
    environmentVariables: job.env,
    ...(job.mounts.length ? { inputs: side(false), outputs: side(true) } : {}),
    resources: { instanceCount: job.instances, shmSize: job.sharedMemory, ...(mounts(job) ? { dockerArgs: MOUNTING } : {}) },
    ...(job.instances > 1 ? { distribution: { distributionType: 'PyTorch', processCountPerInstance: 1 } } : {}),
    limits: { jobLimitsType: 'Command', timeout: job.timeout.toIso() },
    identity: { identityType: 'Managed' },
  };
}

/** A word of a shell command, taken as it is. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}

/** YAML of a tree; strings are written as in JSON, which is YAML too. */
function yaml(tree: Tree, indent = ''): string {
  return Object.entries(tree)
    .map(([key, value]) => {
      const name = /^[\w$]+$/.test(key) ? key : JSON.stringify(key);
      if (typeof value !== 'object') return `${indent}${name}: ${typeof value === 'string' ? JSON.stringify(value) : value}\n`;
      return Object.keys(value).length ? `${indent}${name}:\n${yaml(value, `${indent}  `)}` : `${indent}${name}: {}\n`;
    })
    .join('');
}
