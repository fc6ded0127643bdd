import { spawnSync } from 'child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { DEPLOY_COMMANDS } from '../../lib/aws/private/inference-deploy';
import { buildCommands, keepCommands } from '../../lib/aws/private/pipeline-commands';

/** Runs shell commands as CodeBuild does, with stand-ins for the programs they call. */
function run(commands: readonly string[], programs: { readonly [name: string]: string }, env: { readonly [name: string]: string }) {
  const bin = mkdtempSync(join(tmpdir(), 'bin-'));
  const calls = join(bin, 'calls');
  writeFileSync(calls, '');
  for (const [name, body] of Object.entries({ sleep: ':', ...programs })) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${calls}\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const { status, stdout } = spawnSync('sh', ['-c', commands.join(' && ')], {
    encoding: 'utf8',
    env: { PATH: `${bin}:${process.env.PATH}`, ...env },
  });
  return { status, stdout, calls: readFileSync(calls, 'utf8').trim().split('\n') };
}

describe('the deploy commands', () => {
  const deploy = (status: string, version = '8', ringing = '') =>
    run(
      DEPLOY_COMMANDS,
      {
        aws: `case "$1 $2" in
          'lambda publish-version') echo ${version} ;;
          'lambda get-alias') echo 7 ;;
          'deploy get-deployment-group') echo errors latency ;;
          'cloudwatch describe-alarms') ${ringing} ;;
          'deploy create-deployment') echo d-1 ;;
          'deploy get-deployment') ${status} ;;
        esac`,
      },
      {
        IMAGE_URI: 'repo@sha256:1',
        FUNCTION_NAME: 'predict',
        ALIAS_NAME: 'live',
        DEPLOYMENT_APPLICATION: 'app',
        DEPLOYMENT_GROUP: 'group',
      },
    );

  test('publish a version and have CodeDeploy shift the alias to it', () => {
    const { status, calls } = deploy('echo Succeeded');
    expect(status).toBe(0);
    expect(calls.map((c) => c.split(' ').slice(1, 3).join(' '))).toEqual([
      'lambda update-function-code',
      'lambda wait',
      'lambda publish-version',
      'lambda wait',
      'lambda get-alias',
      'deploy get-deployment-group',
      'cloudwatch describe-alarms',
      'deploy create-deployment',
      'deploy get-deployment',
    ]);
    expect(calls[0]).toContain('--function-name predict --image-uri repo@sha256:1');
    const revision = JSON.parse(/--revision (\{.*\}) --query/.exec(calls[7])![1]);
    expect(revision.revisionType).toBe('AppSpecContent');
    expect(revision.appSpecContent.content).toContain('"version":0.0');
    expect(JSON.parse(revision.appSpecContent.content).Resources).toEqual([
      {
        service: { Type: 'AWS::Lambda::Function', Properties: { Name: 'predict', Alias: 'live', CurrentVersion: '7', TargetVersion: '8' } },
      },
    ]);
  });

  test('wait while the traffic shifts', () => {
    const { status, calls } = deploy(
      'if [ -e "$(dirname "$0")/seen" ]; then echo Succeeded; else : > "$(dirname "$0")/seen"; echo InProgress; fi',
    );
    expect(status).toBe(0);
    expect(calls.filter((c) => c.startsWith('aws deploy get-deployment '))).toHaveLength(2);
    expect(calls).toContain('sleep 15');
  });

  test.each(['Failed', 'Stopped'])('fail if the deployment is %s', (state) => {
    const { status, stdout } = deploy(`echo ${state}`);
    expect(status).toBe(1);
    expect(stdout).toContain('Version 7 stays in service: the deployment was rolled back');
  });

  test('wait for alarms that ring already to calm down', () => {
    const { status, calls } = deploy(
      'echo Succeeded',
      '8',
      'if [ ! -e "$(dirname "$0")/asked" ]; then : > "$(dirname "$0")/asked"; echo errors; fi',
    );
    expect(status).toBe(0);
    expect(calls.filter((c) => c.startsWith('aws cloudwatch'))).toHaveLength(2);
    expect(calls.join()).toContain('--alarm-names errors latency --state-value ALARM');
    expect(calls.join()).not.toContain('--override-alarm-configuration');
  });

  test('mend a service that fails already, whose alarms would stop the deployment', () => {
    const { status, stdout, calls } = deploy('echo Succeeded', '8', 'echo errors');
    expect(status).toBe(0);
    expect(calls.filter((c) => c === 'sleep 15')).toHaveLength(20);
    expect(calls.find((c) => c.includes('create-deployment'))).toContain('--override-alarm-configuration enabled=false --query');
    expect(stdout).toContain('Alarms ring already; the deployment goes ahead without them');
  });

  test('do nothing if the version is in service already', () => {
    const { status, calls } = deploy('echo Failed', '7');
    expect(status).toBe(0);
    expect(calls.some((c) => c.includes('create-deployment'))).toBe(false);
  });

  test('stop at the first thing that fails', () => {
    const { status, calls } = run(DEPLOY_COMMANDS, { aws: 'exit 254' }, { IMAGE_URI: 'i', FUNCTION_NAME: 'f', ALIAS_NAME: 'a' });
    expect(status).not.toBe(0);
    expect(calls).toHaveLength(1);
  });
});

describe('the build commands', () => {
  const build = (describe: string, env: { readonly [name: string]: string } = {}) =>
    run(
      buildCommands('.'),
      {
        aws: `case "$*" in
          *get-login-password*) echo secret ;;
          ${describe}
        esac`,
        docker: 'case "$1" in buildx) : > "$(dirname "$0")/pushed" ;; esac',
      },
      {
        REPOSITORY_URI: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/housing',
        REPOSITORY_NAME: 'acme/housing',
        REGISTRY_ID: '123456789012',
        IMAGE_PLATFORM: 'linux/amd64',
        CONTEXT: 'app',
        TAG_PREFIX: 'release',
        COMMIT_ID: 'abc',
        ...env,
      },
    );
  const NEW = `*imageTag=*) [ -e "$(dirname "$0")/pushed" ] && echo sha256:2 || exit 254 ;;`;

  test('push the image of the commit and export its digest', () => {
    const { status, stdout, calls } = build(`${NEW} *sort_by*) echo null ;;`);
    expect(status).toBe(0);
    expect(stdout).toContain('Image 123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/housing@sha256:2');
    expect(calls.find((c) => c.startsWith('docker login'))).toBe(
      'docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    );
    expect(calls.find((c) => c.startsWith('docker buildx'))).toBe(
      'docker buildx build --platform linux/amd64 --provenance=false --sbom=false --cache-to type=inline ' +
        '--tag 123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/housing:release-abc --push app',
    );
  });

  test('use the layers of the image before', () => {
    const { calls } = build(`${NEW} *sort_by*) echo '"release-before"' ;;`);
    expect(calls.find((c) => c.startsWith('docker buildx'))).toContain(
      '--cache-from type=registry,ref=123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/housing:release-before',
    );
  });

  test('ask for the image before in JSON, as text would have an answer for each page of a large repository', () => {
    const { calls } = build(`${NEW} *sort_by*) echo null ;;`);
    expect(calls.find((c) => c.includes('sort_by'))).toContain('--output json');
  });

  test('do without the image before if it cannot be asked for', () => {
    const { status, calls } = build(`${NEW} *sort_by*) exit 254 ;;`);
    expect(status).toBe(0);
    expect(calls.find((c) => c.startsWith('docker buildx'))).not.toContain('--cache-from');
  });

  test('take base images from the cache of the registry, and stages of the Dockerfile from there', () => {
    const context = mkdtempSync(join(tmpdir(), 'context-'));
    writeFileSync(
      join(context, 'Dockerfile'),
      [
        'ARG VERSION=1',
        'FROM --platform=linux/amd64 python:3.12-slim AS build',
        'FROM acme/base@sha256:1',
        'FROM quay.io/acme/other:2 AS other',
        'FROM build',
        'FROM ghcr.io/acme/elsewhere:1',
        'FROM acme/of-version:$VERSION',
        'COPY --from=build /a /a',
        'COPY --chown=1 --from=public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1 /lambda-adapter /opt/extensions/lambda-adapter',
      ].join('\n'),
    );
    const caches = 'docker.io=1.dkr/x/hub public.ecr.aws=1.dkr/x/ecr quay.io=1.dkr/x/quay';
    const { status, calls } = build(`${NEW} *sort_by*) echo null ;;`, { CONTEXT: context, PULL_THROUGH: caches });
    expect(status).toBe(0);
    const flags = calls.find((c) => c.startsWith('docker buildx'))!.match(/--build-context \S+/g)!;
    expect(flags.sort()).toEqual([
      '--build-context acme/base@sha256:1=docker-image://1.dkr/x/hub/acme/base@sha256:1',
      '--build-context public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1=docker-image://1.dkr/x/ecr/awsguru/aws-lambda-adapter:0.9.1',
      '--build-context python:3.12-slim=docker-image://1.dkr/x/hub/library/python:3.12-slim',
      '--build-context quay.io/acme/other:2=docker-image://1.dkr/x/quay/acme/other:2',
    ]);
  });

  test('do not build a commit twice', () => {
    const { status, stdout, calls } = build('*imageTag=*) echo sha256:1 ;;');
    expect(status).toBe(0);
    expect(stdout).toContain('housing@sha256:1');
    expect(calls.some((c) => c.startsWith('docker buildx'))).toBe(false);
  });
});

describe('the commands after a deployment', () => {
  const keep = (put: string) =>
    run(
      keepCommands,
      { aws: `case "$2" in batch-get-image) echo '{"layers": []}' ;; put-image) ${put} ;; esac` },
      {
        IMAGE_URI: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/housing@sha256:2',
        REPOSITORY_NAME: 'acme/housing',
        REGISTRY_ID: '123456789012',
        TAG_PREFIX: 'release',
      },
    );

  test('tag the image in service, so that no lifecycle rule takes it', () => {
    const { status, calls } = keep(':');
    expect(status).toBe(0);
    expect(calls[0]).toContain(
      'batch-get-image --registry-id 123456789012 --repository-name acme/housing --image-ids imageDigest=sha256:2',
    );
    expect(calls[1]).toBe(
      'aws ecr put-image --registry-id 123456789012 --repository-name acme/housing --image-tag live-release --image-manifest {"layers": []} --query image.imageId.imageTag --output text',
    );
  });

  test('are content with an image that has the tag already', () => {
    const { status, stdout } = keep('echo ImageAlreadyExistsException >&2; exit 254');
    expect(status).toBe(0);
    expect(stdout).not.toContain('could not be tagged');
  });

  test('say so where the tag cannot be moved, for the service is deployed all the same', () => {
    const { status, stdout } = keep('echo ImageTagAlreadyExistsException >&2; exit 254');
    expect(status).toBe(0);
    expect(stdout).toContain('The image in service could not be tagged live-release: ImageTagAlreadyExistsException');
  });
});
