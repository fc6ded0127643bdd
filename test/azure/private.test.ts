import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ImageRegistry } from '../../lib/azure/registry';
import { imageConfig } from '../../lib/azure/private/dockerfile';
import { literal } from '../../lib/core/terraform-text';
import { imageReference } from '../../lib/azure/private/image';
import { kebab } from '../../lib/core/naming';
import { recurrence } from '../../lib/azure/private/recurrence';
import { ContainerImage, Schedule } from '../../lib/core';
import { problemsOf } from '../contract/room';
import { FakeGroup, FakeNetwork, FakeRegistry, synth } from './helper';

const directory = mkdtempSync(join(tmpdir(), 'mlops-test-'));
afterAll(() => rmSync(directory, { recursive: true }));
const dockerfile = (text: string) => writeFileSync(join(directory, 'Dockerfile'), text);

describe('what a Dockerfile says about how its image is run', () => {
  test.each<[string, string, object]>([
    ['nothing', 'FROM python', {}],
    ['lists', 'FROM a\nENTRYPOINT ["python", "-u"]\nCMD ["x.py"]', { entrypoint: ['python', '-u'], command: ['x.py'] }],
    ['shell', 'FROM a\nCMD python x.py && ls', { command: ['sh', '-c', 'python x.py && ls'] }],
    ['comments and continued lines', '# WORKDIR /no\nFROM a\nCMD ["a", \\\n  "b"]', { command: ['a', 'b'] }],
    ['folders within folders', 'FROM a\nWORKDIR /opt\nWORKDIR app', { workingDirectory: '/opt/app' }],
    ['a folder below an unknown one', 'FROM a\nWORKDIR app', { workingDirectory: undefined }],
    ['a folder made of variables', 'FROM a\nWORKDIR $HOME', { workingDirectory: undefined }],
    ['only the last stage', 'FROM a AS build\nWORKDIR /b\nCMD ["b"]\nFROM c\nWORKDIR /c', { workingDirectory: '/c' }],
    [
      'a stage upon a stage',
      'FROM a AS base\nWORKDIR /b\nFROM --platform=linux/amd64 base\nCMD ["x"]',
      { workingDirectory: '/b', command: ['x'] },
    ],
    ['an entrypoint forgets the command before it', 'FROM a\nCMD ["x"]\nENTRYPOINT ["y"]', { entrypoint: ['y'], command: undefined }],
  ])('%s', (_, text, config) => {
    dockerfile(text);
    expect(imageConfig(directory)).toEqual(config);
  });
});

describe('a cron schedule in the words of Logic Apps', () => {
  const common = { interval: 1, startTime: '2024-01-01T00:00:00', timeZone: 'UTC' };
  test.each<[string, object]>([
    ['0 3 * * *', { frequency: 'Day', schedule: { minutes: [0], hours: [3] } }],
    ['*/20 8-10 * * *', { frequency: 'Day', schedule: { minutes: [0, 20, 40], hours: [8, 9, 10] } }],
    ['5,10 0 1,15 * *', { frequency: 'Month', schedule: { minutes: [5, 10], hours: [0], monthDays: [1, 15] } }],
    ['0 3 * * 0,7', { frequency: 'Week', schedule: { minutes: [0], hours: [3], weekDays: ['Sunday'] } }],
    ['0 3 * * 5-7', { frequency: 'Week', schedule: { minutes: [0], hours: [3], weekDays: ['Friday', 'Saturday', 'Sunday'] } }],
    ['10/25 3 * * *', { frequency: 'Day', schedule: { minutes: [10, 35], hours: [3] } }],
  ])('%s', (cron, expected) => {
    expect(recurrence(Schedule.cron(cron))).toEqual({ ...common, ...expected });
  });

  test('time zones have other names', () => {
    expect(recurrence(Schedule.cron('0 3 * * *', 'America/New_York')).timeZone).toBe('Eastern Standard Time');
    expect(problemsOf(() => recurrence(Schedule.cron('0 3 * * *', 'Nowhere')))).toMatchObject([
      {
        code: 'choice',
        prop: 'schedule.timeZone',
        instead: 'write the largest city that keeps the same time, such as Europe/Berlin, or UTC',
      },
    ]);
  });
});

test('text is kept from Terraform, tokens are not', () => {
  expect(literal('a ${b} %{c} $d ${TfToken[TOKEN.1]}')).toBe('a $${b} %%{c} $d ${TfToken[TOKEN.1]}');
});

test('ids become names', () => {
  expect(['TrainingTrainer', 'A1b2C', '--'].map(kebab)).toEqual(['training-trainer', 'a1b2-c', '']);
});

describe('an image', () => {
  const build = (agentPool?: string) =>
    synth((stack) => {
      const registry = new FakeRegistry(stack, 'Registry', agentPool);
      for (const id of ['One', 'Two']) imageReference(new FakeGroup(stack, id), 'Image', ContainerImage.fromDirectory(directory), registry);
    });

  test('that exists is taken as it is', () => {
    synth((stack) => {
      expect(imageReference(stack, 'Image', ContainerImage.fromReference('ghcr.io/a:1'), undefined)).toEqual({
        reference: 'ghcr.io/a:1',
        dependsOn: [],
      });
    });
  });

  test('is built again when its directory changes, and only then', () => {
    dockerfile('FROM a');
    const trigger = () => build().all('terraform_data')[0].triggers_replace.image;
    const before = trigger();
    mkdirSync(join(directory, '.venv'));
    writeFileSync(join(directory, '.venv', 'x'), 'x');
    expect(trigger()).toBe(before);
    dockerfile('FROM b');
    expect(trigger()).not.toBe(before);
    expect(before).toMatch(/^acmeml\.azurecr\.io\/one:[0-9a-f]{16}$/);
  });

  test('is built in the cloud by a command that says loudly when it does not', () => {
    const exec = build().all('terraform_data')[0].provisioner[0]['local-exec'];
    expect(exec.interpreter).toEqual(['sh', '-c']);
    expect(exec.command).toContain('az acr build --registry');
    expect(exec.command).toContain('MLOPS_SKIP_IMAGE_BUILD');
    expect(exec.command).not.toMatch(/[$%]\{/);
    expect(exec.environment).toEqual({
      REGISTRY: 'acmeml',
      IMAGE: expect.stringMatching(/^one:/),
      SOURCE: expect.stringMatching(/^assets\/One_ImageSource_\w+\/[0-9a-f]{16}$/),
      AGENT_POOL: '',
    });
  });

  test('takes its turn where images are built on one machine', () => {
    expect(
      build()
        .all('terraform_data')
        .map((d) => d.depends_on),
    ).toEqual([[], []]);
    const [, second] = build('pool').all('terraform_data');
    expect(second.depends_on).toEqual([expect.stringMatching(/^terraform_data\.One_Image_/)]);
    expect(second.provisioner[0]['local-exec'].environment.AGENT_POOL).toBe('pool');
  });

  test('waits for a registry of the stack, and not for its grants', () => {
    const s = synth((stack) => {
      const registry = new ImageRegistry(stack, 'Registry', {
        resourceGroup: new FakeGroup(stack, 'Group'),
        network: new FakeNetwork(stack, 'Network'),
        publicNetworkAccess: false,
      });
      registry.grants.pull('Service', { principalId: 'p' });
      imageReference(stack, 'Image', ContainerImage.fromDirectory(directory), registry);
    });
    expect(s.only('terraform_data').depends_on.map((d: string) => d.split('.')[0])).toEqual([
      'azurerm_container_registry',
      'azurerm_private_endpoint',
      'azurerm_container_registry_agent_pool',
    ]);
  });
});
