import Ajv from 'ajv';
import { readFileSync } from 'fs';
import { join } from 'path';
import pc from 'picocolors';
import { Change, CLASSES, Report } from '../../lib/review/model';
import { DEFAULT_FAIL_ON, judge } from '../../lib/review/policy';
import { Format, render } from '../../lib/review/render';
import { CHANGES, HOSTILE, REPORT, reportOf } from './fixture';

const ROOT = join(__dirname, '..', '..');

interface Options {
  readonly allow?: readonly string[];
  readonly verbose?: boolean;
  readonly columns?: number;
  readonly color?: boolean;
}
function write(format: Format, report: Report, { allow = [], verbose, columns = 120, color = false }: Options = {}): string {
  const verdict = judge(report, { failOn: DEFAULT_FAIL_ON, allow });
  return render(format, report, verdict, { paint: pc.createColors(color), columns, verbose });
}
const many = (n: number, of: Change): Report =>
  reportOf(Array.from({ length: n }, (_, i) => ({ ...of, address: `A${i}`, path: `s/P/A${i}` })));

describe('text', () => {
  test('shows the dangerous first, with why, what differs and what avoids it', () => {
    const text = write('text', REPORT);
    const at = CLASSES.filter((c) => c !== 'interrupt').map((c) => text.indexOf(`\n${c} `));
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(text).toContain(
      [
        '  ! replace  housing-prod/Platform/Artifacts/Resource',
        '             AWS::S3::Bucket  PlatformArtifacts1D2C3B4A',
        '      data-loss  The bucket is made anew and the old one is deleted with its objects, because its deletion policy is',
        '                 Delete.',
        '      replace    BucketName cannot be changed in place.',
        '      Properties.BucketName                      "acme-ml-artifacts" -> "acme-ml-artifacts-eu"  replaces',
        '      Properties.VersioningConfiguration.Status  "Enabled" -> "Suspended"',
        '      -> Set DeletionPolicy to Retain and copy the objects, or keep the name.',
      ].join('\n'),
    );
    expect(text).toMatch(/2 to replace, 1 to move, 3 to update, 1 to add\n/);
  });

  test('folds what is cosmetic into a line a stack, until --verbose', () => {
    const text = write('text', reportOf([...CHANGES, ...many(3, CHANGES[5]).changes]));
    expect(text).toContain('  housing-prod: 4 changes of tags, descriptions, metadata or order\n');
    expect(text).not.toContain('Properties.Tags');
    expect(write('text', REPORT, { verbose: true })).toContain('[{"Key":"team","Value":"a"}] -> [{"Key":"team","Value":"b"}]');
  });

  test('shortens values and lists, until --verbose', () => {
    const causes = Array.from({ length: 9 }, (_, i) => ({
      path: `p${i}`,
      before: 'a'.repeat(500),
      after: 'b',
      replacement: 'no' as const,
    }));
    const report = reportOf([{ ...CHANGES[4], causes }]);
    expect(
      Math.max(
        ...write('text', report)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThan(121);
    expect(write('text', report)).toContain('and 3 more (--verbose)');
    expect(write('text', report, { verbose: true })).toContain('a'.repeat(500));
  });

  test('shows of long values where they begin to differ, and gives a long path its own line', () => {
    const same = 'x'.repeat(300);
    const path = `Properties.${'Deep.'.repeat(12)}Text`;
    const report = reportOf([
      { ...CHANGES[4], causes: [{ path, before: `${same}1${same}`, after: `${same}2${same}`, replacement: 'yes' }] },
    ]);
    expect(write('text', report, { columns: 100 })).toMatch(
      new RegExp(`\n      ${path}\n          \\.{3}x+1x+\\.{3} -> \\.{3}x+2x+\\.{3}  replaces\n`),
    );
    expect(write('markdown', report)).toMatch(/<code>\.{3}x+1x+\.{3}<\/code> \| <code>\.{3}x+2x+\.{3}<\/code> \| replaces/);
  });

  test('never shows what is sensitive, not even with --verbose', () => {
    const text = write('text', REPORT, { verbose: true });
    expect(text).toContain('template[0].containers[0].env[2].value  (sensitive)');
    expect(text).toContain('Environment.DB_PASSWORD  (sensitive)');
  });

  test('is coloured for a screen that has colours, and shows nothing that could change the screen', () => {
    expect(write('text', REPORT, { color: true })).toContain('\u001b[31m');

    expect(write('text', reportOf([HOSTILE]), { verbose: true })).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test('ends with the verdict, and with how to let pass what is meant', () => {
    expect(write('text', REPORT)).toMatch(
      /fails: 4 changes in data-loss, replace, access, unknown\nWhat is meant can be let pass by name: --allow housing-prod\/Platform\/Artifacts\/Resource\n$/,
    );
    expect(write('text', reportOf(CHANGES.slice(4)))).toMatch(/passes: nothing in data-loss, replace, access, unknown\n$/);
    expect(write('text', reportOf([]))).toMatch(/Nothing changes\.\n\npasses: .*\n$/);
  });

  test('names stacks that are new or gone', () => {
    const stacks = [
      { cloud: 'aws', stack: 'a', before: true, after: false },
      { cloud: 'gcp', stack: 'b', before: false, after: true },
    ] as const;
    const text = write('text', { changes: [], stacks });
    expect(text).toContain('a  AWS           no change  the stack is gone\nb  Google Cloud  no change  the stack is new\n');
  });
});

describe('markdown', () => {
  test('has a table, the dangerous open, the rest folded away', () => {
    const text = write('markdown', REPORT);
    expect(text).toMatch(/^<!-- mlops diff -->\n\n## Infrastructure review: fails\n\n4 changes in \*\*data-loss\*\*/);
    expect(text).toContain('| **AWS** | 1 |  | 1 | 1 | 1 | 1 |  | 1 |  |  | 1 |\n');
    const [open, other, cosmetic] = text.split('<details>');
    for (const name of ['Artifacts', 'InferencePredict', 'azurerm_strange_thing']) expect(open).toContain(name);
    expect(other).toContain('<summary>2 other changes</summary>');
    expect(other).toContain('was <code>google_monitoring_dashboard.Old</code>');
    expect(cosmetic).toContain(
      '<summary>1 cosmetic change</summary>\n\n- <code>housing-prod/Platform/Registry/Resource</code>: <code>Properties.Tags</code>',
    );
  });

  test('fits into a comment however much changes, and says what it leaves out', () => {
    for (const report of [many(2_000, CHANGES[0]), many(5_000, CHANGES[5]), many(900, { ...HOSTILE, stack: 's' })]) {
      const text = write('markdown', report);
      expect(Buffer.byteLength(text)).toBeLessThan(65_536);
      expect(Buffer.byteLength(text)).toBeGreaterThan(55_000);
      expect(text).toMatch(
        /> \[!WARNING\]\n> Not shown: [\d,]+ changes, the least dangerous\. A comment holds 65,536 characters; `mlops diff --format html` shows all\.\n$/,
      );
      expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    }
  });

  test('a hostile value is text and nothing else', () => {
    const text = write('markdown', reportOf([HOSTILE]));
    expect(text).not.toMatch(/<(img|script|\/script|\/style)/);
    expect(text.match(/<\/?details>/g)).toBeNull();
    expect(text).not.toMatch(/[^\\]`[^m]|\]\(javascript|@team|[^&]#1|\*\*\[/);
    const rows = text.split('\n').filter((line) => line.startsWith('| <code>'));
    expect(rows.map((row) => row.split('|').length)).toEqual([6]);
  });
});

describe('json', () => {
  const schema = JSON.parse(readFileSync(join(ROOT, 'schema', 'review.schema.json'), 'utf8'));
  const isValid = new Ajv().compile(schema);
  const data = (report: Report, allow: string[] = []): { [field: string]: never } => JSON.parse(write('json', report, { allow }));

  test('is as the published schema says', () => {
    for (const report of [REPORT, reportOf([]), reportOf([HOSTILE])]) {
      isValid(data(report, ['nobody']));
      expect(isValid.errors).toBeNull();
    }
    expect(isValid({ ...data(REPORT), verdict: undefined })).toBe(false);
  });

  test('has every change with its classes, and the verdict', () => {
    const { verdict, summary, changes } = data(REPORT, ['PlatformArtifacts1D2C3B4A', 'nobody']) as { [field: string]: any }; // eslint-disable-line @typescript-eslint/no-explicit-any
    expect(verdict).toMatchObject({
      pass: false,
      allowed: [{ stack: 'housing-prod', address: 'PlatformArtifacts1D2C3B4A' }],
      unused: ['nobody'],
      failing: [{ classes: ['replace'] }, { classes: ['access'] }, { classes: ['unknown'] }],
    });
    expect(summary.actions).toEqual({ replace: 2, remove: 0, move: 1, update: 3, add: 1 });
    expect(changes[0]).toMatchObject({ cloud: 'aws', action: 'replace', classes: ['data-loss', 'replace'] });
    expect(changes[1].causes[1]).toEqual({ path: 'template[0].containers[0].env[2].value', replacement: 'no', sensitive: true });
  });

  test('keeps to itself what a sensitive cause should not have held', () => {
    const leaky = {
      ...CHANGES[1],
      causes: [{ path: 'p', before: 'hunter1', after: 'hunter2', replacement: 'no', sensitive: true }],
    } as const;
    for (const format of ['text', 'markdown', 'json', 'html'] as const)
      expect(write(format, reportOf([leaky]), { verbose: true })).not.toContain('hunter');
  });
});

describe('advice that is a block to paste keeps its lines', () => {
  const block = 'moved {\n  from = a.b\n  to   = a.c\n}';
  const report = reportOf([{ ...CHANGES[0], advice: block }]);

  test('in text', () => {
    expect(write('text', report)).toContain(['-> moved {', '           from = a.b', '           to   = a.c', '         }'].join('\n'));
  });

  test('in Markdown, as code', () => {
    expect(write('markdown', report)).toContain(
      ['- **instead**:', '', '      moved {', '        from = a.b', '        to   = a.c', '      }'].join('\n'),
    );
  });

  test('in HTML', () => {
    expect(write('html', report)).toContain(block);
  });
});
