import { spawn, spawnSync } from 'child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { createServer, Server } from 'http';
import { AddressInfo } from 'net';
import { tmpdir } from 'os';
import { join } from 'path';
import { synth, FakeRegistry, PLACE } from './helper';
import { CloudRunInference } from '../../lib/gcp/inference';
import { BuildPipeline } from '../../lib/gcp/pipeline';
import { ContainerImage, ImageOwner, RepositoryProvider, Rollout } from '../../lib/core';

// The steps of a deployment run for real, against a gcloud that writes down what it is asked and a server that plays Google's APIs.
const able = ['bash', 'python3', 'curl'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const check = able ? test : test.skip;

const GCLOUD = `#!/usr/bin/env bash
echo "$*" >> "$WORKSPACE/calls"
case "$*" in
  *spec.template*) echo "$BEFORE" ;;
  *latestCreatedRevisionName*) echo predict-2 ;;
  *status.url*) echo https://predict.run.app ;;
  *json*) sed "s#URL#$METADATA#" "$WORKSPACE/service.json" ;;
  *print-access-token*) echo token ;;
  *$FAILS*) exit 1 ;;
esac
`;

/** The traffic of a service: 90 % on the first revision, and the tag on some revision. */
const state = (tagged: string) =>
  JSON.stringify({
    status: {
      traffic: [
        { revisionName: 'predict-1', percent: 100 },
        { revisionName: tagged, tag: 'candidate', url: 'URL' },
      ],
    },
  });

interface Outcome {
  readonly status: number | null;
  readonly calls: string[];
  readonly said: string;
}

/** The script of a step, as the trigger has it, undone of what Terraform undoes. */
const scripts: { readonly [id: string]: string } = (() => {
  const s = synth((stack) => {
    const registry = new FakeRegistry(stack, 'Registry');
    const service = new CloudRunInference(stack, 'Predict', {
      ...PLACE,
      image: ContainerImage.fromReference('docker.io/acme/app:1'),
      imageOwner: ImageOwner.PIPELINE,
      access: 'authenticated' as never,
      rollout: Rollout.canary(),
    });
    const repository = { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' };
    new BuildPipeline(stack, 'Release', { ...PLACE, registry, service, repository });
  });
  const steps = s.find('google_cloudbuild_trigger', 'DeployTrigger').build.step as { id: string; script: string }[];
  return Object.fromEntries(steps.map(({ id, script }) => [id, script.replace(/\$\$\{/g, '${').replace(/%%\{/g, '%{')]));
})();

describe('the steps of a deployment', () => {
  let api: Server;
  let address: string;
  let answer: (path: string) => { status?: number; body: string };

  beforeAll((done) => {
    api = createServer((request, response) => {
      const { status, body } = answer(decodeURIComponent(request.url!));
      response.writeHead(status ?? 200).end(body);
    }).listen(0, '127.0.0.1', () => {
      address = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
      done();
    });
  });
  afterAll((done) => void api.close(done));

  async function run(id: string, env: { readonly [name: string]: string } = {}, tagged = 'predict-2'): Promise<Outcome> {
    const workspace = mkdtempSync(join(tmpdir(), 'steps-'));
    const write = (name: string, text: string, mode = 0o644) => {
      writeFileSync(join(workspace, name), text);
      chmodSync(join(workspace, name), mode);
      return join(workspace, name);
    };
    write('gcloud', GCLOUD, 0o755);
    write('service.json', state(tagged));
    write('revision', 'predict-2\n');
    write('before', `${env.BEFORE ?? 'docker.io/acme/app:1'}\n`);
    const child = spawn(write('step', scripts[id], 0o755), {
      env: {
        PATH: `${workspace}:${process.env.PATH}`,
        ...{ WORKSPACE: workspace, PROJECT: 'p', REGION: 'r', SERVICE: 'predict', COMMIT: 'abc', FAILS: 'nothing', PAUSE: '0' },
        ...{ METADATA: address, MONITORING: address, HEALTH_PATH: '/health', PLACEHOLDER: 'hello' },
        ...{ PERCENT: '10', INTERVAL: '0', METRIC_DELAY: '0', MOST_ERRORS: '5' },
        ...env,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (said += d));
    const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
    const calls = existsSync(join(workspace, 'calls')) ? readFileSync(join(workspace, 'calls'), 'utf8').trim().split('\n') : [];
    return { status, said, calls: calls.filter((c) => / update/.test(c)).map((c) => c.replace(/ --project=.*--quiet| --quiet/g, '')) };
  }
  const points = (code: string, count: number) => ({
    metric: { labels: { response_code_class: code } },
    points: [{ value: { int64Value: String(count) } }],
  });
  const requests = (good: number, bad: number) => {
    answer = () => ({ body: JSON.stringify({ timeSeries: [points('2xx', good), points('5xx', bad)] }) });
  };

  check('a revision is made without traffic and without a name of its own, then tagged', async () => {
    const { status, calls } = await run('deploy', { IMAGE: 'reg/predict@sha256:1', REPOSITORY: 'reg/predict' });
    expect(status).toBe(0);
    expect(calls).toEqual([
      expect.stringMatching(/^run services update predict --image=reg\/predict@sha256:1 --no-traffic/),
      expect.stringMatching(/^run services update-traffic predict --update-tags=candidate=predict-2/),
    ]);
  });

  check('an image from elsewhere is refused', async () => {
    const { status, calls, said } = await run('deploy', { IMAGE: 'evil/predict@sha256:1', REPOSITORY: 'reg/predict' });
    expect([status, calls]).toEqual([1, []]);
    expect(said).toContain("refused: 'evil/predict@sha256:1' is not an image of reg/predict");
  });

  check('a healthy revision passes the smoke test, asked with a token for the service', async () => {
    const asked: string[] = [];
    answer = (path) => (asked.push(path), { body: 'token' });
    expect((await run('smoke-test')).status).toBe(0);
    expect(asked).toEqual(['/instance/service-accounts/default/identity?audience=https://predict.run.app', '/health']);
  });

  check('an unhealthy revision fails the smoke test', async () => {
    answer = (path) => (path === '/health' ? { status: 500, body: '' } : { body: 'token' });
    const { status, said } = await run('smoke-test');
    expect(status).toBe(1);
    expect(said).toContain('the old one keeps all traffic');
  });

  check('a canary gets its share first, and all when it does well', async () => {
    requests(99, 1);
    const { status, calls } = await run('traffic');
    expect(status).toBe(0);
    expect(calls).toEqual([
      'run services update-traffic --to-revisions=predict-2=10,predict-1=90 predict',
      'run services update-traffic --to-latest predict',
    ]);
  });

  check('a canary that fails requests goes back', async () => {
    requests(90, 10);
    const { status, calls, said } = await run('traffic');
    expect(status).toBe(1);
    expect(calls.slice(1)).toEqual(['run services update-traffic --to-revisions=predict-1=100 predict']);
    expect(said).toContain('going back to predict-1: more than 5 % of the requests failed');
  });

  check('a canary that nobody can judge goes back', async () => {
    answer = () => ({ status: 503, body: '' });
    const { status, calls } = await run('traffic');
    expect(status).toBe(1);
    expect(calls.slice(1)).toEqual(['run services update-traffic --to-revisions=predict-1=100 predict']);
  });

  check('a canary without requests is taken as good', async () => {
    answer = () => ({ body: '{}' });
    expect((await run('traffic')).calls.slice(1)).toEqual(['run services update-traffic --to-latest predict']);
  });

  check('a newer deployment is left alone', async () => {
    requests(100, 0);
    const { status, calls, said } = await run('traffic', {}, 'predict-3');
    expect(status).toBe(0);
    expect(calls.slice(1)).toEqual([]);
    expect(said).toContain('a newer revision is being deployed');
  });

  check('without a canary all traffic goes over at once', async () => {
    expect((await run('traffic', { PERCENT: '0' })).calls).toEqual(['run services update-traffic --to-latest predict']);
  });

  check('the first version takes over from the placeholder at once', async () => {
    expect((await run('traffic', { BEFORE: 'hello' })).calls).toEqual(['run services update-traffic --to-latest predict']);
  });
});
