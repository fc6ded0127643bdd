// The tracking server as the templates carry it, made local; the cloud's front before it; and clients.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PASSWORD, database, expect, freePort, housing, python, root, run, running, sleep, venv, work } from './machine.mjs';

export const ROLE = 'arn:aws:iam::111122223333:role/Release';
/** Who signs with which key, as the stand-in for VPC Lattice sees it. */
export const CALLERS = {
  AKIARELEASE: 'arn:aws:sts::111122223333:assumed-role/Release/ann',
  AKIATRAIN: 'arn:aws:sts::111122223333:assumed-role/Train/job-1',
};
/** Where each server that was started writes. */
export const logs = [];

/** All containers named mlflow in a template, wherever its cloud puts them. */
function containers(value) {
  if (Array.isArray(value)) return value.flatMap(containers);
  if (value === null || typeof value !== 'object') return [];
  const own = (value.name ?? value.Name) === 'mlflow' && (value.image ?? value.Image) ? [value] : [];
  return [...own, ...Object.values(value).flatMap(containers)];
}

function asServer(from, container) {
  const variables = container.env ?? container.Environment ?? [];
  const command = [...(container.command ?? container.Command ?? []), ...(container.args ?? [])];
  return { from, command, environment: Object.fromEntries(variables.map((one) => [one.name ?? one.Name, one.value ?? one.Value])) };
}

/** The server as each cloud's template has it; while none has one, as core makes it. */
export async function servers() {
  const out = process.argv[2] ?? join(work, 'out');
  if (!process.argv[2])
    await run(process.execPath, [join(root, 'bin', 'mlops.js'), 'synth', join(housing, 'ml-platform.yaml'), '--out', out]);
  const files = readdirSync(out, { recursive: true }).filter((file) => /\.template\.json$|cdk\.tf\.json$/.test(file));
  const found = [];
  for (const file of files) {
    const template = JSON.parse(readFileSync(join(out, file), 'utf8'));
    const cloud = template.Resources ? 'aws' : template.provider?.azurerm ? 'azure' : 'gcp';
    for (const container of containers(template)) found.push(asServer(`${cloud}: ${file}`, container));
  }
  if (found.length) return found.sort((a, b) => (a.from < b.from ? -1 : 1));
  console.log('note    no template has a container named mlflow: the environment is taken from lib/core/tracking-server');
  const { trackingServerEnv, TRACKING_SERVER } = createRequire(import.meta.url)(join(root, 'lib', 'core', 'tracking-server.js'));
  const environment = trackingServerEnv({
    databaseHost: 'database',
    databaseUser: 'mlflow',
    databaseAuth: 'password',
    databaseTls: 'verify-full',
    artifacts: 's3://bucket/mlflow',
    allowedHosts: ['tracking'],
    events: 'eventbridge:bus',
    identityHeader: 'aws-lattice',
    approvers: '{}',
  });
  return [{ from: 'lib/core/tracking-server', command: [...TRACKING_SERVER.command], environment }];
}

/** What cannot be as in the cloud: host, login, artifacts, names that are known after the deployment. All else stays. */
export function local(server, port, name, changes = {}) {
  const { environment } = server;
  const text = (variable, otherwise) =>
    typeof environment[variable] === 'string' && !environment[variable].includes('${') ? environment[variable] : otherwise;
  const replaced = {
    MLFLOW_DB_HOST: 'localhost',
    MLFLOW_DB_PORT: String(database.port),
    MLFLOW_DB_NAME: name,
    MLFLOW_DB_USER: text('MLFLOW_DB_USER', 'mlflow'),
    MLFLOW_DB_AUTH: 'password',
    MLFLOW_DB_PASSWORD: PASSWORD,
    MLFLOW_DB_CA: database.certificate,
    MLFLOW_ARTIFACTS_DESTINATION: join(work, 'artifacts', name),
    MLFLOW_SERVER_ALLOWED_HOSTS: 'localhost',
    PORT: String(port),
    ...(environment.ML_EVENTS ? { ML_EVENTS: 'eventbridge:nowhere' } : {}),
    ML_APPROVERS: JSON.stringify({ housing: [ROLE] }),
  };
  const kept = Object.fromEntries(Object.entries(environment).filter(([, value]) => typeof value === 'string' && !value.includes('${')));
  return { ...quiet(), ...kept, ...replaced, ...changes };
}

/** This process's environment without what would steer MLflow or an SDK. */
export function quiet() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(ML_|MLFLOW_|_MLFLOW_|AWS_|AZURE_|GOOGLE_|PORT$)/.test(name));
  return { ...Object.fromEntries(kept), AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'eu-west-1', NO_COLOR: '1' };
}

export async function start(server, name, changes) {
  const port = await freePort();
  const log = join(work, `server-${logs.length}.log`);
  logs.push(log);
  const out = openSync(log, 'w');
  const [program, ...args] = server.command;
  const child = spawn(join(venv, 'bin', program), args, {
    cwd: work,
    env: local(server, port, name, changes),
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  const ended = new Promise((done) => child.on('exit', (code, signal) => done(code ?? signal)));
  const one = { process: child, ended, log, port, url: `http://localhost:${port}`, text: () => readFileSync(log, 'utf8') };
  running.push(one);
  return one;
}

export async function healthy(one, seconds = 60) {
  for (const until = Date.now() + seconds * 1000; Date.now() < until && one.process.exitCode === null;) {
    const answer = await fetch(`${one.url}/health`).catch(() => undefined);
    if (answer?.status === 200) return one;
    await sleep(100);
  }
  throw new Error(`the server did not start:\n${one.text().slice(-3000)}`);
}

export async function stop(one) {
  one.process.kill('SIGTERM');
  const code = await Promise.race([one.ended, sleep(30_000)]);
  expect(code === 0, `SIGTERM ended the server with ${code ?? 'nothing in 30 seconds'}\n${one.text().slice(-1500)}`);
}

/** What VPC Lattice does: takes signed requests only, and tells the server who signed. */
export async function front(target) {
  const seen = { signed: 0, refused: 0 };
  const proxy = http.createServer((request, response) => {
    const headers = { ...request.headers };
    delete headers['x-amzn-lattice-identity'];
    const signature =
      /^AWS4-HMAC-SHA256 Credential=(\w+)\/\d{8}\/eu-west-1\/vpc-lattice-svcs\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/;
    const key = signature.exec(headers.authorization ?? '')?.[1];
    if (!CALLERS[key] || headers['x-amz-content-sha256'] !== 'UNSIGNED-PAYLOAD') {
      seen.refused++;
      response.writeHead(403).end('AccessDeniedException');
      return;
    }
    seen.signed++;
    headers['x-amzn-lattice-identity'] = `Principal=${CALLERS[key]};PrincipalOrgID=o-1;SessionName=x;Type=AWS_IAM`;
    const onward = http.request(`${target}${request.url}`, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  const port = await freePort();
  await new Promise((done) => proxy.listen(port, 'localhost', done));
  running.push({ process: { kill: () => proxy.close() } });
  return { seen, url: `http://localhost:${port}` };
}

export const signedBy = (key) => ({
  MLFLOW_TRACKING_AUTH: 'mlops-constructs',
  ML_TRACKING_AUTH: 'aws-sigv4',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: key,
  AWS_SECRET_ACCESS_KEY: 'stand-in',
});

export const client = (url, code, environment = {}) =>
  run(python, ['-c', code], {
    cwd: work,
    env: { ...quiet(), MLFLOW_TRACKING_URI: url, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1', MLFLOW_DISABLE_TELEMETRY: 'true', ...environment },
  });
