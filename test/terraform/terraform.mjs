// Runs real Terraform over synthesized stacks, with stand-ins for the providers: init, validate, plan, apply, a second plan, destroy.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { serve } from './provider.mjs';

const PROVIDERS = { azurerm: 'hashicorp/azurerm', google: 'hashicorp/google', azuredevops: 'microsoft/azuredevops' };

/** The version of Terraform on this machine, if there is one. */
export function terraformVersion() {
  const { status, stdout } = spawnSync('terraform', ['version', '-json'], { encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout).terraform_version : undefined;
}

/** The stacks of a folder: of a cdktf.out, of one stack, or of something that holds them. */
export function stacksOf(folder) {
  if (existsSync(join(folder, 'cdk.tf.json'))) return [folder];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap((entry) => stacksOf(join(folder, entry.name)))
    .sort();
}

/**
 * What Terraform makes of one stack.
 *
 * @param config the content of a `cdk.tf.json`
 * @returns the steps that were taken, each with what went wrong, if anything did: `{ step, problem }`; and how many resources there were
 */
export async function runTerraform(config) {
  const folder = mkdtempSync(join(tmpdir(), 'terraform-'));
  const standIns = await Promise.all(Object.keys(PROVIDERS).map(async (name) => [name, await serve(name, typesOf(config, name))]));
  const env = environment(folder, standIns);
  const steps = [];
  const take = async (step, args, expected = (code) => code === 0) => {
    const { code, output } = await terraform(args, folder, env);
    const problem = expected(code, output) ? undefined : output.trim();
    steps.push({ step, problem });
    return problem === undefined;
  };
  const kept = protectedOf(config);
  try {
    writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify(localState(config)));
    const ok =
      (await take('init', ['init'])) &&
      (await take('validate', ['validate'])) &&
      (await take('plan', ['plan', '-out=plan'])) &&
      (await take('apply', ['apply', 'plan'])) &&
      (await take('empty plan', ['plan', '-detailed-exitcode']));
    // What must not be destroyed has to be what stops it.
    if (ok && kept.length)
      await take('refused destroy', ['destroy', '-auto-approve'], (code, text) => code !== 0 && /prevent_destroy/.test(text));
    else if (ok) await take('destroy', ['destroy', '-auto-approve']);
  } finally {
    for (const [, { close }] of standIns) close();
    rmSync(folder, { recursive: true, force: true });
  }
  return { steps, resources: Object.values(config.resource ?? {}).reduce((sum, of) => sum + Object.keys(of).length, 0) };
}

/**
 * Runs Terraform over stacks, some at once, and prints what came of each.
 *
 * @param stacks folders with a `cdk.tf.json`
 * @returns how many failed
 */
export async function applyAll(stacks, version, atOnce = availableParallelism()) {
  const waiting = [...stacks];
  let failed = 0;
  const work = async () => {
    for (let stack = waiting.shift(); stack !== undefined; stack = waiting.shift()) {
      const { steps, resources } = await runTerraform(JSON.parse(readFileSync(join(stack, 'cdk.tf.json'), 'utf8')));
      const wrong = steps.find((s) => s.problem !== undefined);
      failed += wrong ? 1 : 0;
      const said = `${wrong ? 'FAILED' : 'ok'} ${stack}: ${resources} resources; ${steps.map((s) => s.step).join(', ')} (Terraform ${version})`;
      console.log(wrong ? `${said}\n${shortened(wrong.problem)}` : said);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return failed;
}

/** What Terraform says of a failure, without what it says of its progress. */
function shortened(output) {
  return output
    .split('\n')
    .filter(
      (line) => !/Refreshing state|(Reading|Creating|Provisioning|Destroying).*\.\.\.|(Read|Creation) complete|\(local-exec\)/.test(line),
    )
    .slice(0, 60)
    .map((line) => line.slice(0, 300))
    .join('\n')
    .replace(/^/gm, '  ');
}

function typesOf(config, provider) {
  const of = (section) => Object.keys(config[section] ?? {}).filter((type) => type.startsWith(`${provider}_`));
  return { resource: of('resource'), data: of('data') };
}

function protectedOf(config) {
  return Object.values(config.resource ?? {})
    .flatMap((of) => Object.values(of))
    .filter((resource) => resource.lifecycle?.prevent_destroy);
}

function localState(config) {
  const { backend: _, ...terraform } = config.terraform ?? {};
  return { ...config, terraform };
}

/** Terraform finds the stand-ins by a variable, and commands of provisioners that do nothing by its path. */
function environment(folder, standIns) {
  const commands = join(folder, '.commands');
  mkdirSync(commands);
  for (const name of ['az', 'gcloud', 'docker']) {
    writeFileSync(join(commands, name), '#!/bin/sh\nexit 0\n');
    chmodSync(join(commands, name), 0o755);
  }
  const reattach = Object.fromEntries(standIns.map(([name, { reattach }]) => [`registry.terraform.io/${PROVIDERS[name]}`, reattach]));
  return {
    ...process.env,
    PATH: [commands, process.env.PATH].join(delimiter),
    TF_REATTACH_PROVIDERS: JSON.stringify(reattach),
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: '/dev/null',
  };
}

async function terraform(args, cwd, env) {
  const child = spawn('terraform', [args[0], '-no-color', ...args.slice(1)], { cwd, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  return { code, output };
}
