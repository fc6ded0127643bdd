import { execFileSync } from 'child_process';
import { existsSync, readdirSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Project } from './helper';

const bucket = (props: object = {}, id = 'Data1'): string =>
  JSON.stringify({
    Resources: {
      [id]: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Delete', Metadata: { 'aws:cdk:path': 'app/Data/Resource' }, Properties: props },
    },
  });

/** Two templates that differ by a replaced bucket. */
function pair(): Project {
  const project = new Project();
  project.write(bucket({ BucketName: 'a' }), 'before.json');
  project.write(bucket({ BucketName: 'b' }), 'after.json');
  return project;
}

describe('the exit code', () => {
  test('is 0 where nothing is in a failing class', async () => {
    const { code, out, err } = await pair().run('diff', 'before.json', 'before.json');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/Nothing changes\.\n\npasses: nothing in data-loss, replace, access, unknown\n$/);
    expect((await pair().run('diff', 'before.json', 'after.json', '--fail-on', 'capacity')).code).toBe(0);
    expect((await pair().run('diff', 'before.json', 'after.json', '--fail-on', 'none')).code).toBe(0);
  });

  test('is 1 where something is', async () => {
    const { code, out, err } = await pair().run('diff', 'before.json', 'after.json');
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(/fails: 1 change in (data-loss, )?replace/);
    expect((await pair().run('diff', 'before.json', 'after.json', '--fail-on', 'replace')).code).toBe(1);
  });

  test.each(['Data1', 'after/Data1', 'app/Data/Resource', 'other,Data1'])('is 0 where it is let pass as %s', async (name) => {
    expect((await pair().run('diff', 'before.json', 'after.json', '--allow', name)).code).toBe(0);
  });

  test('is 0 where everything is let pass by more than one --allow', async () => {
    expect((await pair().run('diff', 'before.json', 'after.json', '--allow', 'x', '--allow', 'Data1')).code).toBe(0);
  });

  test.each([
    [['diff', 'before.json'], 'Name two revisions: mlops diff BEFORE AFTER; or a declaration and its base: mlops diff --base main FILE'],
    [['diff', 'before.json', 'nowhere'], 'There is no nowhere.'],
    [['diff', 'before.json', 'after.json', '--format', 'htm'], '--format htm is none of text, markdown, json, html. Did you mean html?'],
    [
      ['diff', 'before.json', 'after.json', '--fail-on', 'dataloss,access'],
      '--fail-on dataloss is none of data-loss, replace, interrupt, access, unknown, capacity, cosmetic, or none. Did you mean data-loss?',
    ],
    [
      ['diff', 'before.json', 'after.json', '--fail-on', ''],
      '--fail-on names no class: write some of data-loss, replace, interrupt, access, unknown, capacity, cosmetic, or none.',
    ],
    [['diff', 'before.json', 'after.json', '--output', 'no/where.txt'], /^no\/where\.txt cannot be written: ENOENT/],
    [['diff', 'before.json', 'after.json', '--plan', 'before.json'], /^before\.json: this is no plan: /],
    [
      ['diff', '--base', 'HEAD', 'a.yaml', 'b.yaml'],
      '--base compares one declaration with itself at another revision: name one file only.',
    ],
  ])('of mlops %j is 2', async (args, message) => {
    const { code, out, err } = await pair().run(...args);
    expect([code, out]).toEqual([2, '']);
    const [, said] = /^error: (.*)\n$/s.exec(err)!;
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  test('is 2 for what nobody foresaw, because 1 would mean that the review fails', async () => {
    const project = pair();
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    project.write(bucket().replace('{}', deep), 'deep.json');
    const { code, err } = await project.run('diff', 'before.json', 'deep.json');
    expect([code, err]).toEqual([2, expect.stringMatching(/^error: /)]);
  });
});

describe('the output', () => {
  test('goes into a file, and the verdict to who watches', async () => {
    const project = pair();
    const { code, out, err } = await project.run('diff', 'before.json', 'after.json', '--format', 'html', '--output', 'review.html');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^fails: 1 change in /);
    expect(project.files().get('review.html')).toMatch(/^<!DOCTYPE html>/);
  });

  test('for machines is all there is on the output', async () => {
    const { out, err } = await pair().run('diff', 'before.json', 'after.json', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({ verdict: { pass: false }, stacks: [{ stack: 'after', before: true, after: true }] });
    expect(err).toMatch(/^fails: /);
  });
});

describe('--base', () => {
  const DECLARATION = `name: housing
targets:
  gcp: { project: acme-ml-dev, region: europe-west4 }
inference:
  predict: { image: ./app, memory: 1GiB }
`;

  /** A repository with the declaration in a folder of it. */
  function repository(): { project: Project; git: (...args: string[]) => string } {
    const project = new Project(DECLARATION);
    const git = (...args: string[]): string => {
      const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
      return execFileSync('git', [...who, ...args], { cwd: project.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    };
    git('init', '--quiet', '--initial-branch', 'main');
    writeFileSync(join(project.folder, '.git', 'hooks', 'post-checkout'), '#!/bin/sh\ntouch hook-ran\n', { mode: 0o755 });
    git('add', '.');
    git('commit', '--quiet', '-m', 'first');
    return { project, git };
  }
  const leftovers = (git: (...args: string[]) => string): (string | number)[] => [
    git('worktree', 'list').trim().split('\n').length,
    git('status', '--porcelain').trim(),
    readdirSync(tmpdir()).filter((name) => /^mlops-/.test(name) && existsSync(join(tmpdir(), name, 'tree'))).length,
  ];

  test('compares the declaration as it was with the one that stands, and leaves nothing behind', async () => {
    const { project, git } = repository();
    project.write(DECLARATION.replace('1GiB', '2GiB'));
    git('add', '.');
    const { code, out } = await project.run('diff', '--base', 'HEAD', 'ml-platform.yaml', '--format', 'json', '--fail-on', 'none');
    expect(code).toBe(0);
    const { changes } = JSON.parse(out) as { changes: { type: string; path: string; action: string }[] };
    expect(changes).toContainEqual(
      expect.objectContaining({
        type: 'google_cloud_run_v2_service',
        path: 'housing-dev-gcp/Platform/InferencePredict/Resource',
        action: 'update',
      }),
    );
    expect(leftovers(git)).toEqual([1, 'M  ml-platform.yaml', 0]);
  });

  test('takes the image directories of the old revision', async () => {
    const { project, git } = repository();
    const run = async (): Promise<number> => {
      const { out } = await project.run('diff', '--base', 'HEAD', '--format', 'json', '--fail-on', 'none');
      return (JSON.parse(out) as { changes: object[] }).changes.length;
    };
    expect(await run()).toBe(0);
    writeFileSync(join(project.folder, 'app', 'Dockerfile'), 'FROM busybox\n');
    expect(await run()).toBeGreaterThan(0);
    git('checkout', '--quiet', '.');
  });

  test('says that all is new where the revision has no such file', async () => {
    const { project } = repository();
    project.write(DECLARATION.replace('housing', 'other'), 'other.yaml');
    const { code, err } = await project.run('diff', '--base', 'HEAD', 'other.yaml', '--fail-on', 'none');
    expect([code, err]).toEqual([0, 'note: other.yaml is not in HEAD: all of it is new\n']);
  });

  test('ends with 2, and leaves nothing behind, where either declaration is refused', async () => {
    const { project, git } = repository();
    project.write(DECLARATION.replace('1GiB', '1TiB'));
    expect(await project.run('diff', '--base', 'HEAD')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^ml-platform\.yaml:5:36 {2}inference\.predict\.memory/),
    });
    git('commit', '--quiet', '-am', 'second');
    project.write(DECLARATION);
    expect(await project.run('diff', '--base', 'main')).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^error: ml-platform\.yaml cannot be synthesized as it is in main\.\n\nmain:ml-platform\.yaml:5:36 {2}inference/,
      ),
    });
    expect(leftovers(git)).toEqual([1, 'M ml-platform.yaml', 0]);
  });

  test.each(['nowhere', '--output=x'])('ends with 2 where there is no revision %s', async (ref) => {
    const { project } = repository();
    expect(await project.run('diff', `--base=${ref}`)).toEqual({
      code: 2,
      out: '',
      err: `error: There is no revision ${ref} here. Where only the last commit was fetched, as in most pipelines, fetch more: git fetch origin ${ref}\n`,
    });
  });

  test('ends with 2 outside of a repository', async () => {
    const { code, err } = await new Project(DECLARATION).run('diff', '--base', 'HEAD');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^error: --base needs a git repository, and .* is in none: fatal: not a git repository/),
    ]);
  });
});
