import { existsSync, mkdirSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { inTemporaryFolder, replaceFolder, replaceStacks } from '../../bin/cli/output';
import { Project } from './helper';

function fill(folder: string, files: { readonly [path: string]: string }): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('a folder takes the place of another whole', () => {
  const project = new Project();
  fill(project.folder, { 'old/a': '1', 'old/b': '1', 'new/a': '2' });
  replaceFolder(join(project.folder, 'new'), join(project.folder, 'old'));
  expect([...project.files('old')]).toEqual([['old/a', '2']]);
});

test('what Terraform keeps beside a stack is not touched; everything else is of the new run', () => {
  const project = new Project();
  const own = {
    '.terraform/providers/x': 'p',
    '.terraform.lock.hcl': 'lock',
    'terraform.tfstate': 'state',
    'terraform.tfstate.backup': 'state',
    'mine.auto.tfvars': 'v',
  };
  fill(join(project.folder, 'cdktf.out/stacks/a'), { ...own, 'cdk.tf.json': 'old', 'assets/old': 'old', 'job.yml': 'old' });
  fill(join(project.folder, 'cdktf.out'), { 'manifest.json': 'old' });
  fill(join(project.folder, 'made'), { 'stacks/a/cdk.tf.json': 'new', 'stacks/a/assets/new': 'new', 'manifest.json': 'new' });
  expect(replaceStacks(join(project.folder, 'made'), join(project.folder, 'cdktf.out'))).toEqual([]);
  expect(Object.fromEntries(project.files('cdktf.out'))).toEqual({
    ...Object.fromEntries(Object.entries(own).map(([path, text]) => [`cdktf.out/stacks/a/${path}`, text])),
    'cdktf.out/stacks/a/cdk.tf.json': 'new',
    'cdktf.out/stacks/a/assets/new': 'new',
    'cdktf.out/manifest.json': 'new',
  });
});

test('a stack that is not made any more goes, and that is said', () => {
  const project = new Project();
  fill(join(project.folder, 'cdktf.out/stacks'), { 'a/cdk.tf.json': 'old', 'b/cdk.tf.json': 'old', 'b/.terraform/x': 'x' });
  fill(join(project.folder, 'made'), { 'stacks/a/cdk.tf.json': 'new' });
  expect(replaceStacks(join(project.folder, 'made'), join(project.folder, 'cdktf.out'))).toEqual([
    'stacks/b of an earlier run was removed',
  ]);
  expect(existsSync(join(project.folder, 'cdktf.out/stacks/b'))).toBe(false);
});

test('a stack that is not made any more stays if it holds state, and that is said', () => {
  const project = new Project();
  fill(join(project.folder, 'cdktf.out/stacks'), { 'b/cdk.tf.json': 'old', 'b/terraform.tfstate': 'state' });
  fill(join(project.folder, 'made'), { 'stacks/a/cdk.tf.json': 'new' });
  expect(replaceStacks(join(project.folder, 'made'), join(project.folder, 'cdktf.out'))).toEqual([
    "stacks/b is of an earlier run and was left there, because it holds Terraform's state",
  ]);
  expect(existsSync(join(project.folder, 'cdktf.out/stacks/b/terraform.tfstate'))).toBe(true);
});

test('a temporary folder is gone afterwards, also after an error', async () => {
  let folder = '';
  await expect(
    inTemporaryFolder(async (f) => {
      folder = fill(f, { x: 'x' });
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(existsSync(folder)).toBe(false);
});
