import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'fs';
import { join } from 'path';
import { load, read } from '../../bin/cli/load';
import { arrange, InputError, render } from '../../bin/cli/problems';
import { good, GOOD, Project } from './helper';

/** The problems of a declaration as they are printed. */
function problems(declaration: string): string[] {
  const { folder } = new Project(declaration);
  try {
    return arrange(read('ml-platform.yaml', folder).problems).map((p) => render(p));
  } catch (e) {
    if (e instanceof InputError) return e.problems.map((p) => render(p));
    throw e;
  }
}
const lines = (...text: string[]): string => text.join('\n');

test('the good declaration has no problem, and image directories become absolute', () => {
  const { folder } = new Project(GOOD);
  const { declaration } = load('ml-platform.yaml', folder);
  expect(declaration.name).toBe('housing');
  expect([declaration.training?.trainer.image, declaration.inference?.predict.image]).toEqual([join(folder, 'train'), join(folder, 'app')]);
});

test('an image reference is left as it is', () => {
  const { folder } = new Project(good({ './app': 'ghcr.io/acme/app:1' }));
  expect(load('ml-platform.yaml', folder).declaration.inference?.predict.image).toBe('ghcr.io/acme/app:1');
});

test('a pipeline is told where the image of its service is in the repository, unless it says so', () => {
  const { folder } = new Project();
  mkdirSync(join(folder, 'services'));
  const context = (declaration: string, file: string): string | undefined => {
    const project = new Project(declaration);
    mkdirSync(join(project.folder, 'services'));
    return read(file, project.folder).declaration?.pipelines?.release.context;
  };
  expect(context(GOOD, 'ml-platform.yaml')).toBe('app');
  expect(context(good({ './app': './services/../app/' }), 'ml-platform.yaml')).toBe('app');
  expect(context(good({ './app': 'ghcr.io/acme/app' }), 'ml-platform.yaml')).toBeUndefined();
  expect(context(good({ 'deploys: predict': 'deploys: predict\n    context: src' }), 'ml-platform.yaml')).toBe('src');
});

describe('a file that is no declaration', () => {
  test.each([
    ['name: [x', 1, 9, 'not YAML: flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['name: "x\n', 2, 1, 'not YAML: missing closing "quote'],
    ['\tname: x', 1, 1, 'not YAML: tabs are not allowed as indentation'],
    ['name: !secret x', 1, 7, 'not YAML: unresolved tag: !secret'],
  ])('%j is not YAML', (text, line, column, reason) => {
    expect(problems(text)).toEqual([
      lines(`ml-platform.yaml:${line}:${column}`, `  ${reason}`, '  -> mend the text here, or in the lines just before'),
    ]);
  });

  test('every place that is not YAML is shown', () => {
    expect(problems('a: !x 1\nb: !y 2\n').map((p) => p.split('\n')[0])).toEqual(['ml-platform.yaml:1:4', 'ml-platform.yaml:2:4']);
  });

  test.each([
    ['', 'the file is empty'],
    ['# only a comment\n', 'the file is empty'],
    ['- a\n- b\n', 'the file holds a list, not fields'],
    ['hello', 'the file holds text, not fields'],
  ])('%j: %s', (text, reason) => {
    expect(problems(text)).toEqual([
      lines('ml-platform.yaml:1:1', `  ${reason}`, '  -> write name: and targets: at least; `npx mlops init` writes a file to start from'),
    ]);
  });

  test('two documents in one file', () => {
    expect(problems('name: a\n---\nname: b\n')).toEqual([
      lines(
        'ml-platform.yaml:2:1',
        '  a second document begins here',
        '  -> declare one platform per file: remove ---, and what follows it',
      ),
    ]);
  });

  test('an alias of nothing', () => {
    expect(problems('name: *x\n')).toEqual([
      lines(
        'ml-platform.yaml:1:7  "*x"',
        '  stands for &x, which is nowhere before it',
        '  -> write &x before the value that is meant, or put the text in quotes',
      ),
    ]);
  });

  test('aliases that grow beyond all bounds', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x, x]',
      ...'bcdefg'.split('').map((n, i) => `${n}: &${n} [${Array(10).fill(`*${'abcdef'[i]}`).join(', ')}]`),
    ];
    expect(problems(bomb.join('\n'))[0]).toMatch(/not YAML: excessive alias count/);
  });

  test('a file that is missing, a folder, a link to itself, a file that may not be read', () => {
    const project = new Project(GOOD);
    const first = (file: string): string => {
      try {
        read(file, project.folder);
        return 'read';
      } catch (e) {
        return render((e as InputError).problems[0]);
      }
    };
    expect(first('nope.yaml')).toBe(
      lines('nope.yaml:1:1', '  there is no such file', '  -> name a declaration; `npx mlops init` writes one to start from'),
    );
    expect(first('app')).toBe(lines('app:1:1', '  this is a directory', '  -> name the declaration in it, such as ml-platform.yaml'));
    symlinkSync('loop.yaml', join(project.folder, 'loop.yaml'));
    expect(first('loop.yaml')).toBe(
      lines('loop.yaml:1:1', '  this is a link that leads back to itself', '  -> name the file that it should lead to'),
    );
    chmodSync(join(project.folder, 'ml-platform.yaml'), 0);
    if (process.getuid?.() !== 0)
      expect(first('ml-platform.yaml')).toBe(
        lines('ml-platform.yaml:1:1', '  the file may not be read', '  -> allow your user to read it'),
      );
  });
});

test.each([
  ['Latin-1', Buffer.from('name: housing\ntags: { owner: M\xfcller }\n', 'latin1'), '2:17'],
  ['UTF-16', Buffer.from(`\uFEFF${GOOD}`, 'utf16le'), '1:1'],
])('a file in %s is refused, where it is not UTF-8', (_, bytes, place) => {
  const { folder } = new Project();
  writeFileSync(join(folder, 'ml-platform.yaml'), bytes);
  expect(() => read('ml-platform.yaml', folder)).toThrow(
    lines(`ml-platform.yaml:${place}`, '  the file is not text in UTF-8', '  -> save it as UTF-8'),
  );
});

test('a byte order mark moves nothing', () => {
  expect(problems('\uFEFFname: H\ntargets: { gcp: { project: acme-ml-dev, region: europe-west4 } }')[0]).toMatch(/^ml-platform.yaml:1:7 /);
});

describe('fields', () => {
  test.each([
    [
      'an unknown key, near a known one',
      { 'healthPath:': 'helthPath:' },
      ['24:5  inference.predict.helthPath  "/health"', 'there is no such field', 'did you mean healthPath?'],
    ],
    [
      'an unknown key that is known elsewhere',
      { 'access: private': 'percent: 10' },
      ['29:5  inference.predict.percent  10', 'there is no such field here', 'write it under rollout: { percent: ... }'],
    ],
    [
      'a key in another spelling',
      { 'healthPath:': 'health_path:' },
      ['24:5  inference.predict.health_path  "/health"', 'there is no such field', 'did you mean healthPath?'],
    ],
    [
      'a key like no other',
      { 'team: pricing,': 'team: pricing }\nfoo: { a: 1,' },
      [
        '8:1  foo  {"a":1,"costCenter":"4711"}',
        'there is no such field',
        'leave it out; known are name, environment, targets, tags, training, inference, pipelines, storage, registry, secrets, tracking, models, features, monitoring, acknowledge',
      ],
    ],
    [
      'an unknown cloud',
      { 'gcp: {': 'gpc: {' },
      ['6:3  targets.gpc  {"project":"acme-ml-dev","region":"europe-west4"}', 'there is no such field', 'did you mean gcp?'],
    ],
    [
      'a required key in the wrong spelling, which is one mistake',
      { 'accelerator:': 'acelerator:' },
      ['13:5  training.trainer.acelerator  {"memoryGib":24,"count":1}', 'there is no such field', 'did you mean accelerator?'],
    ],
    [
      'a required key that is missing',
      { 'project: acme-ml-dev, ': '' },
      ['6:3  targets.gcp.project', 'is missing: project id, such as acme-ml-dev', 'write project: acme-ml-dev'],
    ],
    [
      'a wrong unit of memory',
      { 'memory: 2GiB': 'memory: 2GB' },
      ['26:13  inference.predict.memory  "2GB"', 'not a size', 'write a number and one of MiB, GiB, TiB, such as 512MiB or 2GiB'],
    ],
    [
      'a wrong unit of time',
      { 'timeout: 30s': 'timeout: 30 seconds' },
      ['27:14  inference.predict.timeout  "30 seconds"', 'not a duration', 'write a number and one of ms, s, m, h, d, such as 30s or 12h'],
    ],
    [
      'no unit',
      { 'timeout: 30s': 'timeout: 30' },
      ['27:14  inference.predict.timeout  30', 'a number, where text is expected', 'write 30s'],
    ],
    [
      'a value that is not among the choices',
      { 'environment: dev': 'environment: production' },
      ['2:14  environment  "production"', 'is not one of dev, staging, prod', 'write prod'],
    ],
    [
      'a choice near none',
      { 'access: private': 'access: intranet' },
      [
        '29:13  inference.predict.access  "intranet"',
        'is not one of private, authenticated, public',
        'write private, authenticated or public',
      ],
    ],
    [
      'a wrong choice in a list',
      { '[spot, on-demand]': '[spot, ondemand]' },
      ['16:22  training.trainer.capacity.1  "ondemand"', 'is not one of reservation, spot, on-demand, flex-start', 'write on-demand'],
    ],
    [
      'an entry twice',
      { '[spot, on-demand]': '[spot, spot]' },
      ['16:5  training.trainer.capacity  ["spot","spot"]', 'an entry is there twice', 'write each once'],
    ],
    [
      'a list that is empty',
      { '[spot, on-demand]': '[]' },
      ['16:5  training.trainer.capacity  []', 'the list is empty', 'write at least one entry, or leave the field out'],
    ],
    [
      'a value that does not fit its pattern',
      { 'eu-west-1': 'Ireland' },
      ['4:18  targets.aws.region  "Ireland"', 'does not fit: region, such as eu-west-1', 'write something like eu-west-1'],
    ],
    [
      'a number where text is expected',
      { "'4711'": '0471' },
      ['7:36  tags.costCenter  471', 'a number, where text is expected', 'write "0471", in quotes'],
    ],
    [
      'text where a number is expected',
      { 'port: 8080': 'port: "8080"' },
      ['23:11  inference.predict.port  "8080"', 'text, where a whole number is expected', 'write 8080, without quotes'],
    ],
    [
      'a fraction where a whole number is expected',
      { 'nodesPerJob: 1': 'nodesPerJob: 1.5' },
      ['15:18  training.trainer.nodesPerJob  1.5', 'a fraction, where a whole number is expected', 'write a whole number from 1 to 1000'],
    ],
    [
      'text where a list is expected',
      { '[python, train.py]': 'python train.py' },
      ['12:14  training.trainer.command  "python train.py"', 'text, where a list is expected', 'write [python, train.py]'],
    ],
    [
      'a number where fields are expected',
      { '{ min: 0, max: 4 }': '4' },
      ['14:12  training.trainer.nodes  4', 'a number, where a map of fields is expected', 'write nodes: { min: ..., max: ... }'],
    ],
    [
      "YAML 1.1's yes",
      { 'approval: true': 'approval: yes' },
      ['38:15  pipelines.release.approval  "yes"', 'text, where true or false is expected', 'write true or false'],
    ],
    [
      'nothing behind a key',
      { 'approval: true': 'approval:' },
      ['38:5  pipelines.release.approval  null', 'has no value', 'write true or false behind it, or leave the field out'],
    ],
    [
      'a number beyond its bounds',
      { 'port: 8080': 'port: 80800' },
      ['23:11  inference.predict.port  80800', '80,800 is too much', 'write a whole number from 1 to 65535'],
    ],
    [
      'a percentage of everything',
      { 'availability: 99.5': 'availability: 100' },
      ['42:24  monitoring.slo.availability  100', '100 is too much', 'write a number above 0 and below 100'],
    ],
    [
      'a name too long for Azure',
      { 'name: housing\n': 'name: housing-prices-of-all-europe\n' },
      [
        '1:7  name  "housing-prices-of-all-europe"',
        '28 characters; at most 24 characters: Azure allows no more in the names that are made of it',
        'shorten it to 24 characters',
      ],
    ],
    [
      'no target',
      {
        'aws: { region: eu-west-1 }\n  azure: { location: westeurope, subscriptionId: 00000000-0000-0000-0000-000000000000 }\n  gcp: { project: acme-ml-dev, region: europe-west4 }':
          '{}',
      },
      ['3:1  targets  {}', 'is empty', 'write one of aws, azure, gcp'],
    ],
    [
      'a key that is written twice',
      { 'timeout: 30s': 'timeout: 30s\n    memory: 4GiB' },
      ['28:5  inference.predict.memory  "4GiB"', 'written twice; first in line 26', 'keep one of the two'],
    ],
    [
      'a directory that is missing',
      { './app': './ap' },
      [
        '22:12  inference.predict.image  "./ap"',
        'there is no such directory',
        'write a directory that holds a Dockerfile, or an image reference such as ghcr.io/acme/app:1.0',
      ],
    ],
    [
      'a directory without a Dockerfile',
      { './train': '.' },
      [
        '11:12  training.trainer.image  "."',
        'the directory holds no Dockerfile',
        'add a Dockerfile, or write an image reference such as ghcr.io/acme/app:1.0',
      ],
    ],
  ] as [string, { [from: string]: string }, [string, string, string]][])('%s', (_, replace, [head, reason, instead]) => {
    expect(problems(good(replace))).toEqual([lines(`ml-platform.yaml:${head}`, `  ${reason}`, `  -> ${instead}`)]);
  });

  test('all problems are shown, in the order of the file', () => {
    const found = problems(
      good({ 'memory: 2GiB': 'memory: 2GB', 'environment: dev': 'environment: test', './train': './trian', 'approval:': 'aproval:' }),
    );
    expect(found.map((p) => p.split('  ')[0])).toEqual([
      'ml-platform.yaml:2:14',
      'ml-platform.yaml:11:12',
      'ml-platform.yaml:26:13',
      'ml-platform.yaml:38:5',
    ]);
  });

  test('fields of an anchor are found where they are used', () => {
    const text =
      'name: xy\ntargets: { aws: { region: eu-west-1 } }\ninference:\n  a: &a { image: x, port: "1" }\n  b: *a\n  c:\n    <<: *a\n    cpu: 2\n';
    expect(problems(text).map((p) => p.split('\n')[0])).toEqual([
      'ml-platform.yaml:4:27  inference.a.port  "1"',
      'ml-platform.yaml:4:27  inference.b.port  "1"',
      'ml-platform.yaml:6:3  inference.c.port',
    ]);
  });

  test('a JSON file is YAML too', () => {
    expect(problems('{"name": "x1", "targets": {"aws": {"region": 5}}}')[0].split('\n')[0]).toBe(
      'ml-platform.yaml:1:46  targets.aws.region  5',
    );
  });
});

describe('what is left of a declaration with problems, so that the clouds can look at the rest', () => {
  const rest = (replace: { [from: string]: string }) => {
    const { folder } = new Project(good(replace));
    return read('ml-platform.yaml', folder);
  };

  test('optional fields are left out, and what is found about them means nothing', () => {
    const { declaration, isReplaced } = rest({ 'memory: 2GiB': 'memory: 2GB', 'access:': 'acess:' });
    expect(declaration?.inference?.predict).not.toHaveProperty('memory');
    expect(declaration?.inference?.predict).not.toHaveProperty('acess');
    expect(declaration?.inference?.predict.access).toBe('private');
    expect(
      [
        ['inference', 'predict', 'memory'],
        ['inference', 'predict', 'access'],
        ['inference', 'predict'],
      ].map(isReplaced),
    ).toEqual([true, true, false]);
  });

  test('required fields are stood in for', () => {
    const { declaration } = rest({ 'eu-west-1': 'Ireland', './app': './nope', '{ memoryGib: 24, count: 1 }': '24' });
    expect(declaration?.targets.aws).toEqual({ region: 'eu-west-1' });
    expect(declaration?.inference?.predict.image).toBe('stand-in');
    expect(declaration?.training?.trainer.accelerator).toEqual({ memoryGib: 1 });
  });

  test('what is there under a wrong name is not missed, unless the right name is there too', () => {
    expect(Object.keys(rest({ 'inference:': 'inferense:' }).declaration?.inference ?? {})).toEqual(['predict']);
    const both = rest({ 'memory: 2GiB': 'memory: 2GiB\n    memroy: 3GiB' });
    expect([both.declaration?.inference?.predict.memory, both.isReplaced(['inference', 'predict', 'memory'])]).toEqual(['2GiB', false]);
  });

  test('half a list is not used', () => {
    expect(rest({ '[lint, test, build, deploy]': '[lint, tset, build, deploy]' }).declaration?.pipelines?.release).not.toHaveProperty(
      'stages',
    );
  });

  test('without a cloud nothing is left', () => {
    expect(rest({ 'targets:': 'clouds:' }).declaration).toBeUndefined();
  });
});

test('load throws all problems at once', () => {
  const { folder } = new Project(good({ 'memory: 2GiB': 'memory: 2GB', 'port: 8080': 'port: no' }));
  expect(() => load('ml-platform.yaml', folder)).toThrow(/port {2}"no"[^]*memory {2}"2GB"/);
});
