import { execFileSync } from 'child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { imageReference } from '../../lib/azure/private/image';
import { ImageRegistry } from '../../lib/azure/registry';
import { ContainerImage } from '../../lib/core';
import { FakeGroup, SUBSCRIPTION, synth } from './helper';

const OWN = `/subscriptions/${SUBSCRIPTION}/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/acme`;
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lock-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the command of a build with an `az` that notes what it is asked. */
function build(immutableTags: boolean, buildFails = false): string[] {
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
  const s = synth((stack) => {
    const registry = ImageRegistry.fromImageRegistryAttributes(stack, 'Registry', { registryId: OWN, immutableTags });
    imageReference(new FakeGroup(stack, 'App'), 'Image', ContainerImage.fromDirectory(folder), registry);
  });
  const exec = s.all('terraform_data')[0].provisioner[0]['local-exec'];
  const log = join(folder, 'log');
  // There is no such image yet.
  const refuses = `*"manifest show-metadata"*) exit 1;; ${buildFails ? '*"acr build"*) exit 3;;' : ''}`;
  writeFileSync(join(folder, 'az'), `#!/bin/sh\necho "$*" >> ${log}\ncase "$*" in ${refuses} esac\n`);
  chmodSync(join(folder, 'az'), 0o755);
  const command = exec.command.replace(/\$\$\{/g, '${');
  try {
    execFileSync('sh', ['-c', command], { env: { PATH: `${folder}:${process.env.PATH}`, ...exec.environment }, stdio: 'ignore' });
  } catch (e) {
    expect((e as { status: number }).status).toBe(3);
  }
  return readFileSync(log, 'utf8').trim().split('\n');
}

test('a tag is locked after it was built, where tags always name the same image', () => {
  const asked = build(true);
  expect(asked.at(-1)).toMatch(/^acr repository update --name acme --image app:[0-9a-f]{16} --write-enabled false --output none$/);
});

test('it is not locked otherwise, nor after a build that failed', () => {
  expect(build(false).at(-1)).toMatch(/^acr build /);
  expect(build(true, true).at(-1)).toMatch(/^acr build /);
});
