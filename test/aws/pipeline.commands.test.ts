import { spawnSync } from 'child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { DEPLOY_COMMANDS } from '../../lib/aws/private/inference-deploy';
import { buildCommands } from '../../lib/aws/private/pipeline-commands';

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
  const deploy = (status: string, version = '8') =>
    run(
      DEPLOY_COMMANDS,
      {
        aws: `case "$1 $2" in
          'lambda publish-version') echo ${version} ;;
          'lambda get-alias') echo 7 ;;
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
      'deploy create-deployment',
      'deploy get-deployment',
    ]);
    expect(calls[0]).toContain('--function-name predict --image-uri repo@sha256:1');
    const revision = JSON.parse(/--revision (\{.*\}) --query/.exec(calls[5])![1]);
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
    expect(calls.filter((c) => c.startsWith('aws deploy get-deployment'))).toHaveLength(2);
    expect(calls).toContain('sleep 15');
  });

  test.each(['Failed', 'Stopped'])('fail if the deployment is %s', (state) => {
    const { status, stdout } = deploy(`echo ${state}`);
    expect(status).toBe(1);
    expect(stdout).toContain('Version 7 stays in service: the deployment was rolled back');
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
  const build = (describe: string) =>
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
      },
    );
  const NEW = `*imageTag=*) [ -e "$(dirname "$0")/pushed" ] && echo sha256:2 || exit 254 ;;`;

  test('push the image of the commit and export its digest', () => {
    const { status, stdout, calls } = build(`${NEW} *sort_by*) echo None ;;`);
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
    const { calls } = build(`${NEW} *sort_by*) echo release-before ;;`);
    expect(calls.find((c) => c.startsWith('docker buildx'))).toContain(
      '--cache-from type=registry,ref=123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/housing:release-before',
    );
  });

  test('do not build a commit twice', () => {
    const { status, stdout, calls } = build('*imageTag=*) echo sha256:1 ;;');
    expect(status).toBe(0);
    expect(stdout).toContain('housing@sha256:1');
    expect(calls.some((c) => c.startsWith('docker buildx'))).toBe(false);
  });
});
