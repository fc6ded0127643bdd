import { existsSync, writeFileSync } from 'fs';
import { join, relative, resolve } from 'path';
import { CloudName } from '../../lib/core/catalogue';
import { ParityEntry } from '../../lib/core/parity';
import type { MlPlatformProps } from '../../lib/core/platform';
import { check, Checked } from './check';
import { Io } from './io';
import { inTemporaryFolder, replaceFolder, replaceStacks, requireWritable } from './output';
import { count, FOLDER, parityOf, Platforms, stackName } from './platforms';
import { Progress } from './progress';
import { captureConsole } from './quiet';

/** What the commands take. */
export interface SynthOptions {
  /** Clouds asked for; those that are declared when not given. */
  readonly targets?: readonly CloudName[];
  /** Folder to write into; the current one when not given. */
  readonly out?: string;
}

/** What was made for one cloud. */
export interface StackReport {
  readonly cloud: CloudName;
  readonly stack: string;
  /** Where the state of what is deployed is kept. */
  readonly state: string;
  readonly entries: readonly ParityEntry[];
  /** Absent where nothing was written. */
  readonly written?: { readonly folder: string; readonly stacks: number; readonly resources: number; readonly next: string };
}

/** What a run did. */
export interface Report {
  readonly file: string;
  readonly stacks: readonly StackReport[];
  /** Where the parity report is; absent where nothing was written. */
  readonly parity?: string;
  /** What users should know beside that. */
  readonly notes: readonly string[];
}

/**
 * Checks a declaration against all clouds asked for, and writes nothing.
 *
 * @throws InputError with every problem that any cloud has
 */
export async function validate(file: string, options: SynthOptions, io: Io, progress: Progress): Promise<Report> {
  return inTemporaryFolder(async (folder) => {
    await progress.step(`Checking ${file}`);
    const build = { aws: join(folder, 'aws'), terraform: join(folder, 'terraform'), dryRun: true };
    const checked = check(file, io.cwd, { asked: options.targets, build });
    return { file, stacks: reports(checked), notes: [] };
  });
}

/**
 * Writes `cdk.out`, `cdktf.out` and `parity.json`; all of them, or nothing.
 *
 * @throws InputError with every problem that any cloud has, SetupError if the folder cannot take it
 */
export async function synth(file: string, options: SynthOptions, io: Io, progress: Progress): Promise<Report> {
  const out = resolve(io.cwd, options.out ?? '.');
  return inTemporaryFolder(async (folder) => {
    const staged = { aws: join(folder, FOLDER.aws), terraform: join(folder, FOLDER.gcp) };
    await progress.step(`Checking ${file}`);
    const checked = check(file, io.cwd, { asked: options.targets, build: staged });
    const stacksOf = (c: CloudName): string[] => (c === 'aws' ? [] : ['stacks', join('stacks', stackName(c, checked.declaration))]);
    requireWritable(out, ...checked.clouds.flatMap((c) => ['', ...stacksOf(c)].map((path) => join(out, FOLDER[c], path))));
    const notes = await write(checked.platforms, progress);
    const stacks = reports(checked).map((stack): StackReport => {
      const made = stack.cloud === 'aws' ? staged.aws : staged.terraform;
      const counted = count(stack.cloud, made, stack.stack);
      return { ...stack, written: { ...counted, ...whatNext(stack, counted.stacks, out, io.cwd) } };
    });
    writeFileSync(join(folder, 'parity.json'), `${JSON.stringify(parityFile(stacks), null, 2)}\n`);
    await progress.step('Putting everything in place');
    for (const [made, target] of Object.entries({ aws: FOLDER.aws, terraform: FOLDER.gcp })) {
      const asked = checked.clouds.some((c) => FOLDER[c] === target);
      const place = join(out, target);
      if (asked && made === 'aws') replaceFolder(staged.aws, place);
      else if (asked) notes.push(...replaceStacks(staged.terraform, place).map((note) => `${shown(place, io.cwd)}/${note}`));
      else if (existsSync(place)) notes.push(`${shown(place, io.cwd)} is of an earlier run: this one was not asked for its clouds`);
    }
    replaceFolder(join(folder, 'parity.json'), join(out, 'parity.json'));
    return { file, stacks, parity: shown(join(out, 'parity.json'), io.cwd), notes };
  });
}

/** Writes the assemblies to where the apps were told to. */
async function write({ aws, terraform }: Platforms, progress: Progress): Promise<string[]> {
  const notes: string[] = [];
  if (aws) {
    await progress.step('Writing CloudFormation and validating it');
    const { result, said } = captureConsole(() => aws.synth());
    for (const message of result.stacks.flatMap((stack) => stack.messages)) {
      if (message.level === 'error') throw new Error(`AWS: ${message.id}: ${String(message.entry.data)}`);
      if (message.level === 'warning') notes.push(`AWS: ${message.id}: ${String(message.entry.data)}`);
    }
    if (said) notes.push(...said.split(/\n{2,}/).filter((part) => !/A copy of this report/.test(part)));
  }
  if (terraform) {
    await progress.step('Writing Terraform');
    captureConsole(() => terraform.synth());
  }
  return notes;
}

function reports({ declaration, clouds, platforms }: Checked): StackReport[] {
  const entries = parityOf(platforms);
  return clouds.map((cloud) => ({
    cloud,
    stack: stackName(cloud, declaration),
    state: stateOf(cloud, declaration),
    entries: entries.filter((e) => e.cloud === cloud),
  }));
}

function stateOf(cloud: CloudName, { targets }: MlPlatformProps): string {
  if (cloud === 'aws') return 'kept by CloudFormation';
  if (cloud === 'azure' && targets.azure?.state)
    return `kept in the storage account ${targets.azure.state.storageAccount}, container ${targets.azure.state.container ?? 'tfstate'}`;
  if (cloud === 'gcp' && targets.gcp?.state) return `kept in the bucket ${targets.gcp.state.bucket}`;
  return `kept in a local file beside ${FOLDER[cloud]}, which suits one person only: for a team declare targets.${cloud}.state`;
}

function whatNext({ cloud, stack }: StackReport, stacks: number, out: string, cwd: string): { folder: string; next: string } {
  const folder = shown(cloud === 'aws' ? join(out, FOLDER.aws) : join(out, FOLDER[cloud], 'stacks', stack), cwd);
  const quoted = /^[\w./-]+$/.test(folder) ? folder : `"${folder}"`;
  const all = stacks > 1 ? ' --all' : '';
  return { folder, next: cloud === 'aws' ? `npx cdk deploy${all} --app ${quoted}` : `cd ${quoted} && terraform init && terraform apply` };
}

/** The parity report as it is written: what became of everything, and why not exactly. */
function parityFile(stacks: readonly StackReport[]): object {
  const all = stacks.flatMap((s) => s.entries);
  const of = (wanted: string): object[] =>
    all
      .filter((e) => e.kind === wanted)
      .map(({ cloud, path, became, reason }) => ({ cloud, path, became, reason: reason ?? 'served exactly as declared' }));
  return { mapped: of('mapped'), approximated: of('approximated'), refused: of('refused') };
}

function shown(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near.startsWith('..') ? path : near || '.';
}
