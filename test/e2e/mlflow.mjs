// Starts the tracking server of runtime/mlflow by the very command and environment that the templates carry, on a real PostgreSQL with
// TLS, behind a stand-in for the cloud's front that says who calls. Prints a line per check, and the counts as JSON last.
//
//   node test/e2e/mlflow.mjs [FOLDER]   of synthesized templates; without one, the example is synthesized
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import {
  PASSWORD,
  Skip,
  createDatabase,
  database,
  expect,
  freePort,
  housing,
  install,
  pip,
  postgresBin,
  python,
  run,
  running,
  runtime,
  sleep,
  sql,
  startPostgres,
  venv,
  work,
} from './tracking/machine.mjs';
import { CALLERS, ROLE, client, front, healthy, local, logs, quiet, servers, signedBy, start, stop } from './tracking/server.mjs';

const PREVIOUS = '3.16.1';
const counts = { passed: 0, failed: 0, skipped: 0 };

async function check(name, body) {
  const start = Date.now();
  const took = () => `(${((Date.now() - start) / 1000).toFixed(1)} s)`;
  try {
    const note = await body();
    counts.passed++;
    console.log(`ok      ${name}${note ? `: ${note}` : ''} ${took()}`);
    return true;
  } catch (e) {
    if (e instanceof Skip) {
      counts.skipped++;
      console.log(`SKIPPED ${name}: ${e.message}`);
    } else {
      counts.failed++;
      console.log(`FAILED  ${name} ${took()}\n${indent(e.message)}`);
    }
    return false;
  }
}

const indent = (text) =>
  text
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n');
const WRITE = `
import mlflow, sys
client = mlflow.MlflowClient()
mlflow.set_experiment("e2e")
with mlflow.start_run() as run:
    mlflow.log_param("trees", 7)
    mlflow.log_metric("rmse", 1.25)
    mlflow.log_text("an artifact", "notes/a file.txt")
client.create_registered_model("other")
client.create_model_version("other", f"{run.info.artifact_uri}/notes", run.info.run_id)
client.set_registered_model_alias("other", "production", "1")
print(run.info.run_id)
`;
const READ = `
import mlflow
client = mlflow.MlflowClient()
version = client.get_model_version_by_alias("other", "production")
run = client.get_run(version.run_id)
assert run.data.metrics == {"rmse": 1.25} and run.data.params == {"trees": "7"}, run.data
assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/notes/a file.txt") == "an artifact"
assert [found.info.run_id for found in mlflow.search_runs(experiment_names=["e2e"], filter_string="metrics.rmse > 1", output_format="list")] == [version.run_id]
`;
const PREVIOUS_WRITE = `
import sys, mlflow
assert mlflow.__version__ == "${PREVIOUS}", mlflow.__version__
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
experiment = client.create_experiment("e2e", artifact_location="mlflow-artifacts:/1")
run = client.create_run(experiment)
client.log_param(run.info.run_id, "trees", 7)
client.log_metric(run.info.run_id, "rmse", 1.25)
client.set_terminated(run.info.run_id)
client.create_registered_model("other")
client.create_model_version("other", f"{run.info.artifact_uri}/notes", run.info.run_id)
client.set_registered_model_alias("other", "production", "1")
`;
const READ_PREVIOUS = READ.split('\n')
  .filter((line) => !line.includes('load_text'))
  .join('\n');

/** Unit tests and style of the two packages, in the environments that are there anyway. */
async function units() {
  await check('unit tests of runtime/mlflow and runtime/mlflow-auth', async () => {
    await pip(venv, 'pytest==9.2.0');
    const env = { ...quiet(), PYTHONDONTWRITEBYTECODE: '1' };
    const results = await Promise.all(
      ['mlflow', 'mlflow-auth'].map((name) =>
        run(python, ['-m', 'pytest', '-p', 'no:cacheprovider', 'tests'], { cwd: join(runtime, name), env }),
      ),
    );
    return results.map((output) => /\d+ passed/.exec(output)[0]).join(' and ');
  });
  // The second is part of the example's images, and has the example's style.
  const config = (folder) => join(folder === 'mlflow' ? join(runtime, folder) : housing, 'pyproject.toml');
  const ruff = join(housing, '.venv', 'bin', 'ruff');
  await check('style of runtime/mlflow and runtime/mlflow-auth', async () => {
    if (!existsSync(ruff)) throw new Skip('examples/housing is not installed');
    for (const folder of ['mlflow', 'mlflow-auth'])
      for (const command of [['check'], ['format', '--check']])
        await run(ruff, [...command, '--no-cache', '--config', config(folder), '.'], { cwd: join(runtime, folder) });
  });
}

async function roundTrip(server) {
  const name = 'mlflow';
  let one = await healthy(await start(server, name));
  let gate = await front(one.url);
  await check(`the server of ${server.from} migrates an empty database and serves`, async () => {
    expect(one.text().includes('"message": "migrated"'), one.text());
    return server.command.join(' ');
  });
  await check('a run with a metric and an artifact, a model and its alias are written through the signing front', async () => {
    await client(gate.url, WRITE, signedBy('AKIATRAIN'));
    expect(gate.seen.signed > 8, `${gate.seen.signed} signed requests`);
    expect(gate.seen.refused === 0, `${gate.seen.refused} requests refused by the front`);
    return `${gate.seen.signed} signed requests`;
  });
  await check('a host that is not one of its own is refused, but not its health', async () => {
    const status = (path) =>
      new Promise((done) =>
        http.get(`${one.url}${path}`, { headers: { host: 'elsewhere.example.com' } }, (answer) => done(answer.resume().statusCode)),
      );
    expect((await status('/api/2.0/mlflow/experiments/get?experiment_id=0')) === 403, 'a foreign host was served');
    expect((await status('/health')) === 200, 'the health check was refused');
  });
  if (server.environment.ML_EVENTS)
    await check('an event that cannot be published breaks nothing', async () =>
      expect(one.text().includes('the event was not published'), 'no such line in the log'),
    );
  await check('an upload that runs while the server is told to stop is finished', async () => {
    const upload = http.request(`${one.url}/api/2.0/mlflow-artifacts/artifacts/1/slow/file`, { method: 'PUT' });
    const answered = new Promise((done, fail) => upload.on('response', (answer) => done(answer.resume().statusCode)).on('error', fail));
    upload.write('first half, ');
    await sleep(500);
    const stopped = stop(one);
    await sleep(700);
    upload.end('second half');
    expect((await answered) === 200, 'the upload failed');
    await stopped;
    expect(readFileSync(join(work, 'artifacts', name, '1', 'slow', 'file'), 'utf8') === 'first half, second half', 'the file is not whole');
  });
  one = await healthy(await start(server, name));
  gate = await front(one.url);
  await check('after a restart, which migrates nothing, everything is read back', async () => {
    expect(one.text().includes('"message": "the schema is current"') && !one.text().includes('"message": "migrat'), one.text());
    await client(gate.url, READ, signedBy('AKIATRAIN'));
  });
  return { one, gate };
}

async function shortTrip(server, n) {
  await check(`the server of ${server.from} starts, and keeps a run`, async () => {
    const name = `cloud${n}`;
    await createDatabase(name, dbUser(server));
    const one = await healthy(await start(server, name));
    await client(one.url, `${WRITE}\n${READ}`);
    await stop(one);
    return server.command.join(' ');
  });
}

const dbUser = (server) => local(server, 0, '').MLFLOW_DB_USER;

async function together(server) {
  await check('two instances that start at once on an empty database do not collide', async () => {
    await createDatabase('twice', dbUser(server));
    const both = await Promise.all([start(server, 'twice'), start(server, 'twice', { MLFLOW_WORKERS: '2' })]);
    await Promise.all(both.map((one) => healthy(one)));
    const migrated = both.filter((one) => one.text().includes('"message": "migrated"'));
    const waited = both.filter((one) => one.text().includes('another instance is migrating'));
    expect(migrated.length === 1, `${migrated.length} of two migrated`);
    await Promise.all(both.map((one) => stop(one)));
    return waited.length ? 'one waited for the other' : 'the second came when the first was done';
  });
}

async function refusals(server) {
  await check('a database newer than the code is left alone, with a sentence', async () => {
    await sql("update alembic_version set version_num = 'f00dfeed0000'", 'twice');
    const one = await start(server, 'twice');
    const code = await one.ended;
    expect(code === 1 && one.text().includes("the database has the schema 'f00dfeed0000', which MLflow"), `${code}: ${one.text()}`);
    expect((await sql('select version_num from alembic_version', 'twice')).trim() === 'f00dfeed0000', 'the schema was changed');
  });
  await check('wrong variables end the server with a sentence', async () => {
    const one = await start(server, 'twice', { MLFLOW_DB_AUTH: 'none' });
    expect((await one.ended) === 2 && one.text().includes('write one of aws-secret'), one.text());
  });
  await check('a user without the right to create tables is told what to grant', async () => {
    await createDatabase('barred', 'postgres');
    const one = await start(server, 'barred');
    expect((await one.ended) === 1 && one.text().includes('GRANT CREATE, USAGE ON SCHEMA public TO'), one.text());
  });
}

async function upgrade(server) {
  await check(`a database made by MLflow ${PREVIOUS} is upgraded, and read back`, async () => {
    const target = join(venv, `mlflow-${PREVIOUS}`);
    const packages = ['mlflow', 'mlflow-skinny', 'mlflow-tracing'].map((name) => `${name}==${PREVIOUS}`);
    if (!existsSync(target)) await pip(venv, '--no-deps', '--target', target, ...packages);
    const user = dbUser(server);
    await createDatabase('previous', user);
    const url = `postgresql+psycopg2://${encodeURIComponent(user)}:${PASSWORD}@localhost:${database.port}/previous?sslmode=require`;
    // Only the old MLflow itself: what it stands on is the same.
    await run(python, ['-c', PREVIOUS_WRITE, url], {
      cwd: work,
      env: { ...local(server, 1, 'previous', { ML_EVENTS: '' }), PYTHONPATH: target, MLFLOW_DISABLE_TELEMETRY: 'true' },
    });
    const before = (await sql('select version_num from alembic_version', 'previous')).trim();
    const one = await healthy(await start(server, 'previous'));
    const after = (await sql('select version_num from alembic_version', 'previous')).trim();
    expect(before !== after, `the schema is the same, ${before}: choose an older release`);
    await client(one.url, READ_PREVIOUS);
    await stop(one);
    return `schema ${before} to ${after}`;
  });
}

async function example({ one, gate }) {
  const bin = join(housing, '.venv', 'bin', 'python');
  const ready = await check('examples/housing is installed', async () => {
    if (spawnSync('make', ['--version']).status !== 0) throw new Skip('make is missing');
    const named = spawnSync('python3.11', ['--version']).status === 0 ? 'python3.11' : 'python3';
    await run('make', ['-C', housing, 'install', `PYTHON=${named}`]);
  });
  if (!ready) return;
  const output = join(work, 'model');
  const environment = { ...quiet(), MLFLOW_TRACKING_URI: one.url, ML_MODEL_NAME: 'housing', ML_OUTPUT_URI: output };
  const trained = await check('train.py tracks its run and registers the model', async () => {
    await run(bin, [join(housing, 'train', 'train.py'), '--trees', '20'], { cwd: work, env: environment });
    const rmse = JSON.parse(readFileSync(join(output, 'metrics.json'), 'utf8')).rmse;
    const code = `
import mlflow
version = mlflow.MlflowClient().get_model_version("housing", "1")
run = mlflow.get_run(version.run_id)
assert abs(run.data.metrics["rmse"] - ${rmse}) < 1e-9 and run.data.params["trees"] == "20", run.data
`;
    await client(one.url, code);
    return `housing/1, rmse ${rmse.toFixed(1)}`;
  });
  if (!trained) return;
  const setAlias = 'import mlflow; mlflow.MlflowClient().set_registered_model_alias("housing", "production", "1")';
  await check('who is not among ML_APPROVERS cannot approve it', async () => {
    const refused = (promise) =>
      promise.then(
        () => '',
        (e) => e.message,
      );
    const training = await refused(client(gate.url, setAlias, signedBy('AKIATRAIN')));
    expect(training.includes(`only ${ROLE} may set its alias 'production'. You are ${CALLERS.AKIATRAIN}.`), training || 'it was set');
    const forged = await fetch(`${gate.url}/api/2.0/mlflow/registered-models/alias`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amzn-lattice-identity': `Principal=${CALLERS.AKIARELEASE}` },
      body: JSON.stringify({ name: 'housing', alias: 'production', version: '1' }),
    });
    expect(forged.status === 403, 'a header that the front did not write was believed');
    const unknown = await refused(client(one.url, setAlias));
    expect(unknown.includes('The server was not told who you are.'), unknown || 'it was set');
  });
  await check('an approver approves it', () => client(gate.url, setAlias, signedBy('AKIARELEASE')).then(() => CALLERS.AKIARELEASE));
  await check('the files of the approved model cannot be changed', async () => {
    const code = `
import mlflow, requests
client = mlflow.MlflowClient()
version = client.get_model_version_by_alias("housing", "production")
folder = client.get_model_version_download_uri("housing", version.version).removeprefix("mlflow-artifacts:/")
base = "${one.url}/api/2.0/mlflow-artifacts/artifacts/"
answers = [requests.put(base + folder + "/model.skops", data=b"x"), requests.delete(base + folder.split("/")[0])]
assert [answer.status_code for answer in answers] == [403, 403], [answer.text for answer in answers]
`;
    await client(one.url, code);
  });
  await check('app.py serves a prediction from models:/housing@production', async () => {
    const port = await freePort();
    const log = join(work, 'app.log');
    const out = openSync(log, 'w');
    const child = spawn(bin, ['-m', 'gunicorn', '--bind', `127.0.0.1:${port}`, '--worker-tmp-dir', work, 'wsgi:app'], {
      cwd: join(housing, 'app'),
      env: { ...environment, ML_MODEL_URI: 'models:/housing@production', PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', out, out],
    });
    closeSync(out);
    const app = { process: child, url: `http://127.0.0.1:${port}`, text: () => readFileSync(log, 'utf8') };
    running.push(app);
    await healthy(app);
    const body = readFileSync(join(housing, 'sample_request.json'), 'utf8');
    const answer = await (await fetch(`${app.url}/predict`, { method: 'POST', body })).json();
    expect(answer.model_version === 'housing/1' && answer.predictions?.length === 2, JSON.stringify(answer));
    child.kill('SIGTERM');
    return JSON.stringify(answer);
  });
}

async function main() {
  let bin;
  const prepared =
    (await check('PostgreSQL with TLS', async () => {
      bin = postgresBin();
      await startPostgres(bin);
      return bin;
    })) && (await check('runtime/mlflow is installed with its pins', install));
  if (!prepared) return;
  let all = [];
  if (!(await check('the templates have a tracking server', async () => (all = await servers()).map(({ from }) => from).join(', '))))
    return;
  const first = all.find((server) => server.environment.ML_IDENTITY_HEADER === 'aws-lattice') ?? all[0];
  await createDatabase('mlflow', dbUser(first));
  let trip;
  if (!(await check('it comes up', async () => void (trip = await roundTrip(first))))) return;
  await check('a certificate of an authority that is not trusted is refused', async () => {
    if (first.environment.MLFLOW_DB_TLS !== 'verify-full') throw new Skip(`MLFLOW_DB_TLS is ${first.environment.MLFLOW_DB_TLS}`);
    const code =
      'import os; from mlops_mlflow.settings import read_settings; import sqlalchemy; sqlalchemy.create_engine(read_settings().database_url).connect()';
    const refused = await run(python, ['-c', code], { env: local(first, 1, 'mlflow', { MLFLOW_DB_CA: '' }), code: 1 });
    expect(refused.includes('certificate verify failed'), refused);
  });
  await example(trip);
  await stop(trip.one);
  for (const [n, server] of all.entries()) if (server !== first) await shortTrip(server, n);
  await together(first);
  await refusals(first);
  await upgrade(first);
  await units();
  await check('every line of the logs is JSON, and none has the password', async () => {
    const lines = logs.flatMap((log) => readFileSync(log, 'utf8').split('\n').filter(Boolean));
    for (const line of lines) {
      expect(!line.includes(PASSWORD), 'the password is in the log');
      try {
        JSON.parse(line);
      } catch {
        throw new Error(`not JSON: ${line}`);
      }
    }
    return `${lines.length} lines of ${logs.length} servers`;
  });
}

try {
  await main();
} catch (e) {
  counts.failed++;
  console.log(`FAILED  ${e.stack}`);
} finally {
  for (const one of running.reverse()) one.process.kill(one.signal ?? 'SIGKILL');
  await sleep(500);
  rmSync(work, { recursive: true, force: true });
}
console.log(JSON.stringify(counts));
// 3 says that something was skipped, which must not count as passed.
process.exit(counts.failed ? 1 : counts.skipped ? 3 : 0);
