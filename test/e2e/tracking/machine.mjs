// What the machine gives to the check of the tracking server: programs, ports, a Python environment, a PostgreSQL with TLS.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '..', '..', '..');
export const runtime = join(root, 'runtime');
export const housing = join(root, 'examples', 'housing');
export const venv = join(root, '.venv', 'mlflow');
export const python = join(venv, 'bin', 'python');
export const PASSWORD = 'l0cal-Passw0rd';

export const work = mkdtempSync(join(tmpdir(), 'mlflow-e2e-'));
chmodSync(work, 0o755);
/** What is ended when all is done. */
export const running = [];

/** The machine cannot do this. */
export class Skip extends Error {}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
export function expect(condition, message) {
  if (!condition) throw new Error(message);
}

/** Runs a program to its end without holding up this one, which is the cloud's front meanwhile. */
export function run(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === (options.code ?? 0)) done(output);
      else fail(new Error(`${command} ${args[0]}: exit code ${code}\n${output.slice(-3000)}`));
    });
  });
}

export function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export function postgresBin() {
  const found = () => {
    const base = '/usr/lib/postgresql';
    const versions = existsSync(base) ? readdirSync(base).sort((a, b) => b - a) : [];
    const bins = [...versions.map((version) => join(base, version, 'bin')), ...process.env.PATH.split(':')];
    return bins.find((bin) => existsSync(join(bin, 'initdb')));
  };
  if (!found() && process.getuid() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], { stdio: 'ignore' });
  }
  if (!found()) throw new Skip('PostgreSQL is not installed and could not be');
  return found();
}

/** Who runs PostgreSQL, which refuses to be root. */
function owner() {
  if (process.getuid() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Skip('there is no user postgres or nobody, and PostgreSQL refuses to be root');
}

export async function pip(target, ...args) {
  try {
    await run(join(target, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...args]);
  } catch (e) {
    if (/Temporary failure|Connection|Max retries|unreachable|timed out|ProxyError/i.test(e.message))
      throw new Skip('pip reaches no package index');
    throw e;
  }
}

/** The server's environment, kept until its pins change. */
export async function install() {
  const hash = createHash('sha256');
  for (const file of ['mlflow/requirements.txt', 'mlflow/pyproject.toml', 'mlflow-auth/pyproject.toml'])
    hash.update(readFileSync(join(runtime, file)));
  const stamp = join(venv, 'installed');
  const wanted = hash.digest('hex');
  let note = 'kept';
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    if (spawnSync('python3', ['-m', 'pip', '--version']).status !== 0) throw new Skip('python3 with pip is not installed');
    rmSync(venv, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', venv]);
    await pip(venv, '--require-hashes', '-r', join(runtime, 'mlflow', 'requirements.txt'));
    note = 'installed';
  }
  await pip(venv, '--no-deps', '--force-reinstall', join(runtime, 'mlflow'), join(runtime, 'mlflow-auth'));
  writeFileSync(stamp, wanted);
  return note;
}

export const database = { port: 0, certificate: join(work, 'server.crt') };

export async function startPostgres(bin) {
  const who = owner();
  const home = join(work, 'postgres');
  mkdirSync(home);
  const key = join(home, 'server.key');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', database.certificate, ...subject]);
  chmodSync(key, 0o600);
  if (who.uid !== undefined) for (const path of [home, key, database.certificate]) chownSync(path, who.uid, who.gid);
  const data = join(home, 'data');
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--auth-local=trust', '--auth-host=scram-sha-256'],
    { ...who, cwd: home },
  );
  // Over the network, only with TLS.
  writeFileSync(
    join(data, 'pg_hba.conf'),
    'local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\nhostssl all all ::1/128 scram-sha-256\n',
  );
  database.port = await freePort();
  database.socket = home;
  database.psql = join(bin, 'psql');
  const settings = {
    port: database.port,
    listen_addresses: 'localhost',
    unix_socket_directories: home,
    ssl: 'on',
    ssl_cert_file: database.certificate,
    ssl_key_file: key,
    fsync: 'off',
  };
  const log = openSync(join(home, 'log'), 'a');
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...flags], { ...who, cwd: home, stdio: ['ignore', log, log] });
  closeSync(log);
  running.push({ process: server, signal: 'SIGQUIT' });
  for (let n = 0; n < 100; n++) {
    if (spawnSync(database.psql, ['-h', home, '-p', database.port, '-U', 'postgres', '-c', 'select 1'], who).status === 0) return;
    await sleep(100);
  }
  throw new Error(readFileSync(join(home, 'log'), 'utf8').slice(-2000));
}

export const sql = (query, name = 'postgres') =>
  run(database.psql, [
    '-h',
    database.socket,
    '-p',
    String(database.port),
    '-U',
    'postgres',
    '-d',
    name,
    '-v',
    'ON_ERROR_STOP=1',
    '-At',
    '-c',
    query,
  ]);

export async function createDatabase(name, user) {
  const exists = (await sql(`select count(*) from pg_roles where rolname = '${user}'`)).trim() === '1';
  if (!exists) await sql(`create role "${user}" login password '${PASSWORD}'`);
  await sql(`create database "${name}" owner "${user}"`);
}
