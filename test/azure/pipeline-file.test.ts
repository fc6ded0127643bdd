import { spawnSync } from 'child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { TerraformStack, Testing } from 'cdktf';
import { parse } from 'yaml';
import { AppServiceInference } from '../../lib/azure/inference';
import { pipelineFile } from '../../lib/azure/private/pipeline-file';
import { toYaml, Yaml } from '../../lib/azure/private/pipeline-yaml';
import { ContainerImage, ImageOwner, Rollout } from '../../lib/core';
import { STAGE_ORDER } from '../../lib/core/pipeline';
import { Body, FakeGroup, FakeNetwork, FakeRegistry } from './helper';

describe('YAML', () => {
  test.each<[string, { readonly [key: string]: Yaml }]>([
    ['words', { a: 'plain words', b: 'with: colon', c: 'with # hash', d: 'yes', e: '3.11', f: '', g: '- dash', h: "it's", i: 'trailing ' }],
    ['numbers and truth', { a: 1, b: 1.5, c: true, d: false }],
    ['expressions', { a: '$(Build.SourceVersion)', b: '${{ parameters.tag }}', "${{ if eq(parameters.tag, 'commit') }}": { c: 'd' } }],
    ['scripts', { a: 'set -e\n\nif true; then\n  echo "x: y" # z\nfi\n' }],
    ['lists', { a: ['x', 'y'], b: [{ c: 1, d: ['e'] }, { f: 'g\nh\n' }], i: [], j: {} }],
    [
      'awkward words',
      { a: '{x}', b: '[x]', c: '*x', d: '&x', e: '!x', f: '%x', g: '@x', h: '`x`', i: '"x"', j: '\\x', k: 'null', l: '~', m: 'é' },
    ],
  ])('%s are read as they were written', (_, document) => {
    expect(parse(toYaml(document))).toEqual(document);
  });

  test('a key without a value is left out', () => {
    expect(toYaml({ a: 'b', c: undefined })).toBe('a: b\n');
  });
});

// The scripts are run with an az, a curl and a sleep that write down what they were asked.
const bin = mkdtempSync(join(tmpdir(), 'bin-'));
const stub = (name: string, script: string): void => {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
};
stub('sleep', '');
stub('curl', 'echo "curl $*" >> "$CALLS"; cat >> "$CALLS"');
stub(
  'az',
  `case "$*" in
  *HealthCheckStatus*) echo "$HEALTH" ;;
  *"--metric Requests"*) echo "$REQUESTS" ;;
  *"--metric Http5xx"*) echo "$ERRORS" ;;
  *"config show"*) echo 'DOCKER|acmeml.azurecr.io/predict:before' ;;
  *"get-access-token"*) echo token ;;
  *) echo "az $*" >> "$CALLS"; case "$*" in *"$FAIL_AT"*) exit 1 ;; esac ;;
esac`,
);

interface Outcome {
  readonly failed: boolean;
  /** What changed something, without what all commands have in common. */
  readonly calls: string[];
  readonly printed: string;
}

/** Runs the deploy steps as Azure Pipelines would: until one fails, and then the one that takes everything back. */
function run(rollout: Rollout, weather: { readonly [variable: string]: string } = {}): Outcome {
  const calls = join(mkdtempSync(join(tmpdir(), 'calls-')), 'calls');
  writeFileSync(calls, '');
  const variables: { [name: string]: string } = {};
  let failed = false;
  let printed = '';
  for (const step of deploySteps(rollout)) {
    if (failed !== (step.condition !== undefined)) continue;
    const r = spawnSync('bash', ['--norc', '-c', step.inputs.inlineScript], {
      encoding: 'utf8',
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        CALLS: calls,
        HEALTH: '100.0',
        REQUESTS: '1000.0',
        ERRORS: '0.0',
        FAIL_AT: 'nothing',
        APP: 'app',
        APP_ID: '/app',
        RESOURCE_GROUP: 'ml',
        LOGIN_SERVER: 'acmeml.azurecr.io',
        REPOSITORY: 'predict',
        TAG: 'abc',
        ...variables,
        ...weather,
      },
    });
    expect(r.stderr).toBe('');
    for (const m of r.stdout.matchAll(/##vso\[task\.setvariable variable=(\w+)\](.*)/g)) variables[m[1]] = m[2];
    printed += r.stdout;
    failed ||= r.status !== 0;
  }
  const lines = readFileSync(calls, 'utf8').trim().split('\n');
  return { failed, printed, calls: lines.map((l) => l.replace(/^az (webapp )?| --resource-group ml --name app| --output none/g, '')) };
}

const deploySteps = (rollout: Rollout): Body[] => stepsOf('Deploy', rollout).slice(1);

function stepsOf(stage: string, rollout: Rollout): Body[] {
  const stack = new TerraformStack(Testing.app(), 'test');
  const service = new AppServiceInference(stack, 'Predict', {
    resourceGroup: new FakeGroup(stack, 'Group'),
    network: new FakeNetwork(stack, 'Network'),
    image: ContainerImage.fromReference('ghcr.io/acme/housing:1.4'),
    imageOwner: ImageOwner.PIPELINE,
    rollout,
  });
  const file: Body = parse(
    pipelineFile({
      name: 'release',
      branch: 'main',
      stages: STAGE_ORDER,
      directory: '.',
      context: '.',
      lintCommands: [],
      testCommands: [],
      pythonVersion: '3.11',
      approval: false,
      approvers: [],
      registry: new FakeRegistry(stack, 'Registry'),
      repository: 'predict',
      service,
      runLog: 'InstrumentationKey=key;IngestionEndpoint=https://westeurope.in.example/;LiveEndpoint=x',
    }),
  );
  return file.stages.find((s: Body) => s.stage === stage).jobs[0].steps;
}

const PATCH = (site: string, tag: string): string =>
  `rest --method patch --url https://management.azure.com${site}/config/web?api-version=2023-12-01 --body {"properties":{"linuxFxVersion":"DOCKER|acmeml.azurecr.io/predict:${tag}"}}`;
// Without it azurerm would take the new image for one of the placeholder's registry.
const REGISTRY = (slot: string): string => `config appsettings set${slot} --settings DOCKER_REGISTRY_SERVER_URL=https://acmeml.azurecr.io`;
const STAGED = ['stop --slot staging', PATCH('/app/slots/staging', 'abc'), REGISTRY(' --slot staging'), 'start --slot staging'];
const SWAP = 'deployment slot swap --slot staging --target-slot production';
const SHARE = 'traffic-routing set --distribution staging=10';
const CLEAR = 'traffic-routing clear';

describe('a deployment', () => {
  test('by canary goes through the slot, a share of the traffic, and a swap', () => {
    expect(run(Rollout.canary())).toMatchObject({ failed: false, calls: [...STAGED, SHARE, CLEAR, SWAP] });
  });

  test('of a version that is not healthy ends before it gets any traffic', () => {
    const r = run(Rollout.canary(), { HEALTH: '0.0' });
    expect(r).toMatchObject({ failed: true, calls: [...STAGED, CLEAR] });
    expect(r.printed).toContain('##vso[task.logissue type=error]instances are not healthy after 15 minutes');
  });

  test('waits while nothing is known of its health', () => {
    expect(run(Rollout.canary(), { HEALTH: '' })).toMatchObject({ failed: true, calls: [...STAGED, CLEAR] });
  });

  test('of a version that fails is taken back after the first minute', () => {
    const r = run(Rollout.canary(), { ERRORS: '11.0' });
    expect(r).toMatchObject({ failed: true, calls: [...STAGED, SHARE, CLEAR] });
    expect(r.printed).toContain('##vso[task.logissue type=error]11 of 1000 requests failed');
    expect(r.printed).not.toContain('minute 2');
  });

  test('bears one failure in a hundred', () => {
    expect(run(Rollout.canary(), { ERRORS: '10.0' }).failed).toBe(false);
  });

  test('of a version that nobody asks yet is not held up', () => {
    expect(run(Rollout.canary(), { REQUESTS: '0.0' }).failed).toBe(false);
  });

  test('by blue and green that fails after the swap is swapped back', () => {
    expect(run(Rollout.blueGreen(), { ERRORS: '500.0' })).toMatchObject({ failed: true, calls: [...STAGED, SWAP, SWAP, CLEAR] });
  });

  test('whose swap fails is not swapped back', () => {
    expect(run(Rollout.blueGreen(), { FAIL_AT: 'slot swap' })).toMatchObject({ failed: true, calls: [...STAGED, SWAP, CLEAR] });
  });

  test('all at once replaces the version, and puts it back if it fails', () => {
    expect(run(Rollout.allAtOnce())).toMatchObject({ failed: false, calls: [PATCH('/app', 'abc'), REGISTRY('')] });
    expect(run(Rollout.allAtOnce(), { ERRORS: '500.0' })).toMatchObject({
      failed: true,
      calls: [PATCH('/app', 'abc'), REGISTRY(''), PATCH('/app', 'before')],
    });
  });
});

test('a failed run is written to the log as an event, with the identity of the pipeline', () => {
  const calls = join(mkdtempSync(join(tmpdir(), 'calls-')), 'calls');
  const script = stepsOf('Notify', Rollout.canary())[1].inputs.inlineScript;
  const r = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    env: {
      PATH: `${bin}:${process.env.PATH}`,
      CALLS: calls,
      BUILD_BUILDNUMBER: '20261120.7',
      RUN_LOG: 'InstrumentationKey=key;IngestionEndpoint=https://westeurope.in.example/;LiveEndpoint=x',
    },
  });
  expect({ status: r.status, stderr: r.stderr }).toEqual({ status: 0, stderr: '' });
  const [command, body] = readFileSync(calls, 'utf8').split('\n');
  expect(command).toMatch(/--header Authorization: Bearer token .* https:\/\/westeurope\.in\.example\/v2\.1\/track$/);
  expect(JSON.parse(body)).toEqual([
    {
      name: 'Microsoft.ApplicationInsights.Event',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      iKey: 'key',
      data: { baseType: 'EventData', baseData: { ver: 2, name: 'PipelineFailed', properties: { pipeline: 'release', run: '20261120.7' } } },
    },
  ]);
});
