// node test/e2e/moto.mjs [VARIANT|compose]: deploys the example with the real cdk CLI to moto, a stand-in for AWS on this machine: bootstrap, deploy, diff without differences, an
// update, destroy. moto says CREATE_COMPLETE whatever it does, so what it really created is compared with the template, less the
// types it is known not to create.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withCompose, withVariant } from './variants.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const server = process.env.MOTO_SERVER ?? join(root, '.venv', 'bin', 'moto_server');
const REGION = 'eu-west-1';

/** Types that moto 5.2.1 accepts and does not create. */
const UNKNOWN_TO_MOTO = new Set(JSON.parse(readFileSync(join(here, 'moto-unknown.json'), 'utf8')));

const work = mkdtempSync(join(tmpdir(), 'moto-'));
const log = join(work, 'moto.log');
const port = await freePort();
const out = openSync(log, 'w');
const moto = spawn(server, ['-H', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', out, out] });
const env = {
  ...process.env,
  AWS_ENDPOINT_URL: `http://localhost:${port}`,
  AWS_ACCESS_KEY_ID: 'stand-in',
  AWS_SECRET_ACCESS_KEY: 'stand-in',
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  CDK_DOCKER: join(here, 'docker-stand-in'),
  CDK_DISABLE_CLI_TELEMETRY: 'true',
  CI: 'true',
};
const name = process.argv[2] ?? 'housing';
const compose = name === 'compose';
try {
  await up();
  // The declarations lie beside the example while they are used, because image directories are relative to them.
  await (compose ? withCompose : withVariant)(name, async (example) => {
    if (compose) await own(example);
    cdk(example, 'bootstrap', `aws://123456789012/${REGION}`);
    cdk(example, 'deploy', '--all', '--require-approval', 'never', '--method', 'direct');
    await compare('after deploy');
    cdk(example, 'diff', '--all', '--fail', '--no-change-set');
    const text = readFileSync(example, 'utf8');
    // Of the service only: moto loses a compute environment that is updated.
    const update = compose
      ? text.replace('Size.gibibytes(3)', 'Size.gibibytes(4)')
      : text.replace('memory: 2GiB', 'memory: 3GiB').replace('LOG_LEVEL: info', 'LOG_LEVEL: debug');
    if (update === text) throw new Error('the update changes nothing');
    writeFileSync(example, update);
    cdk(example, 'deploy', '--all', '--require-approval', 'never', '--method', 'direct');
    await compare('after update');
    cdk(example, 'diff', '--all', '--fail', '--no-change-set');
    cdk(example, 'destroy', '--all', '--force');
  });
  for (const { stackName } of stacks()) {
    const left = await describe(stackName).catch(() => []);
    if (left.length) throw new Error(`after destroy: ${left.map((r) => r.logicalId).join(', ')} of ${stackName} still there`);
  }
  const inside = fault();
  if (inside) throw new Error(inside);
  console.log('bootstrapped, deployed, no difference, updated, destroyed');
} catch (e) {
  console.error(`${e.message}\n${fault()}\n${readFileSync(log, 'utf8').slice(-1500)}`);
  process.exitCode = 1;
} finally {
  moto.kill();
  closeSync(out);
  rmSync(work, { recursive: true, force: true });
}

function cdk(file, command, ...args) {
  const app = command === 'bootstrap' ? [] : ['--app', `node ${join(here, 'moto-app.mjs')}`, '--output', join(work, 'cdk.out')];
  const r = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk'), command, '--no-version-reporting', ...args, ...app],
    {
      cwd: work,
      env: { ...env, MLOPS_FILE: file },
      encoding: 'utf8',
    },
  );
  console.log(`cdk ${command}: exit ${r.status}`);
  if (r.status) throw new Error(`cdk ${command} failed:\n${r.stdout.slice(-4000)}\n${r.stderr.slice(-6000)}`);
}

/** The first fault inside moto, which it hides behind an answer of 500 or none. */
function fault() {
  const noise = readFileSync(log, 'utf8');
  const at = noise.indexOf('Traceback');
  if (at < 0) return '';
  const end = noise.slice(at).search(/\n\S*(Error|Exception)\b.*\n/);
  return `moto failed inside:\n${noise.slice(at, at + (end < 0 ? 4000 : end + 400))}`;
}

/** What moto says it created, against the templates. */
async function compare(when) {
  const found = new Set();
  for (const { stackName, templateFile } of stacks()) {
    const { Resources } = JSON.parse(readFileSync(join(work, 'cdk.out', templateFile), 'utf8'));
    const created = new Map((await describe(stackName)).map((r) => [r.logicalId, r]));
    const expected = Object.entries(Resources).filter(([, r]) => !UNKNOWN_TO_MOTO.has(r.Type));
    const missing = expected.filter(([id]) => !created.has(id)).map(([id, r]) => `${id} (${r.Type})`);
    if (missing.length) throw new Error(`${when}: moto did not create ${missing.join(', ')} of ${stackName}`);
    for (const { type } of created.values()) found.add(type);
    console.log(
      `${when}: ${expected.length} of ${Object.keys(Resources).length} resources of ${stackName} are there; moto knows no others`,
    );
  }
  const needless = [...UNKNOWN_TO_MOTO].filter((type) => found.has(type));
  if (needless.length) throw new Error(`${when}: moto does create ${needless.join(', ')}; take them off the list`);
}

/** The stacks of the app as it was synthesized last. */
function stacks() {
  const { artifacts } = JSON.parse(readFileSync(join(work, 'cdk.out', 'manifest.json'), 'utf8'));
  return Object.entries(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([id, { properties }]) => ({ stackName: properties.stackName ?? id, templateFile: properties.templateFile }));
}

/** Makes what the team of the program owns already, and writes its ids into the program. */
async function own(program) {
  const Version = '2016-11-15';
  const made = async (parameters, id) => new RegExp(`<${id}>(.*?)<`).exec(await ask('ec2', { Version, ...parameters }))[1];
  const VpcId = await made({ Action: 'CreateVpc', CidrBlock: '10.9.0.0/16' }, 'vpcId');
  const subnets = ['a', 'b'].map((zone, n) =>
    made({ Action: 'CreateSubnet', VpcId, CidrBlock: `10.9.${n}.0/24`, AvailabilityZone: `${REGION}${zone}` }, 'subnetId'),
  );
  await ask('iam', { Action: 'CreateRole', Version: '2010-05-08', RoleName: 'acme-data-scientists', AssumeRolePolicyDocument: '{}' });
  const ids = [VpcId, ...(await Promise.all(subnets))];
  writeFileSync(
    program,
    readFileSync(program, 'utf8').replace(/(?<=')(vpc|subnet)-[0-9a-f]{17}(?=')/g, () => ids.shift()),
  );
}

async function ask(service, parameters) {
  const answer = await fetch(env.AWS_ENDPOINT_URL, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=x/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=x`,
    },
  });
  const xml = await answer.text();
  if (!answer.ok) throw new Error(xml);
  return xml;
}

async function describe(stackName) {
  const xml = await ask('cloudformation', { Action: 'DescribeStackResources', Version: '2010-05-15', StackName: stackName });
  return [...xml.matchAll(/<member>([^]*?)<\/member>/g)].map(([, m]) => ({
    logicalId: /<LogicalResourceId>(.*?)</.exec(m)?.[1],
    type: /<ResourceType>(.*?)</.exec(m)?.[1],
  }));
}

async function up() {
  if (!existsSync(server)) throw new Error(`no moto server at ${server}`);
  for (let i = 0; i < 100; i++) {
    if (
      await fetch(`http://localhost:${port}/moto-api/`).then(
        (r) => r.ok,
        () => false,
      )
    )
      return;
    await new Promise((done) => setTimeout(done, 300));
  }
  throw new Error('moto did not start');
}

function freePort() {
  return new Promise((done) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port: p } = s.address();
      s.close(() => done(p));
    });
  });
}
