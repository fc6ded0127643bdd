import Ajv from 'ajv';
import { readFileSync } from 'fs';
import { join } from 'path';
import pc from 'picocolors';
import type { CheckReport, Finding } from '../../lib/check';
import { CheckFormat, renderCheck } from '../../lib/check';

const ROOT = join(__dirname, '..', '..');

const OPEN: Finding = {
  cloud: 'gcp',
  stack: 'housing-dev-gcp',
  file: '/work/repository/out dir/cdk.tf.json',
  address: 'google_storage_bucket.Artifacts',
  path: 'housing-dev-gcp/Platform/Artifacts/Resource',
  type: 'google_storage_bucket',
  rule: 'gcp-storage-public-access',
  severity: 'high',
  what: 'The bucket refuses public access.',
  why: 'One grant publishes everything in it.',
  mend: 'Set public_access_prevention to enforced.',
  link: 'https://cloud.google.com/storage/docs/public-access-prevention',
  state: 'open',
};
const MINOR: Finding = {
  ...OPEN,
  rule: 'gcp-storage-access-logs',
  severity: 'low',
  what: 'Access is logged.',
  why: '',
  mend: 'Write logging.',
};
const ACKNOWLEDGED: Finding = {
  ...MINOR,
  address: 'google_storage_bucket.Site',
  path: undefined,
  state: 'acknowledged',
  reason: 'it is a <site> | a page',
};
const UNKNOWN: Finding = { ...OPEN, rule: 'gcp-storage-versioning', severity: 'medium', state: 'unknown' };
const NAG: Finding = {
  ...OPEN,
  cloud: 'aws',
  stack: 'housing-dev',
  file: '/elsewhere/housing-dev.template.json',
  address: 'Role1',
  path: 'housing-dev/Role/Resource',
  rule: 'AwsSolutions-IAM5[Resource::<Bucket.Arn>/*]',
  what: 'The policy has wildcards.',
  mend: '',
};

const REPORT: CheckReport = {
  findings: [OPEN, NAG, MINOR, UNKNOWN, ACKNOWLEDGED],
  stacks: [
    { cloud: 'gcp', stack: 'housing-dev-gcp', resources: 7, rules: 49 },
    { cloud: 'aws', stack: 'housing-dev', resources: 1, rules: 131 },
  ],
  unused: [{ stack: 'housing-dev-gcp', path: 'housing-dev-gcp/Gone', rule: 'gcp-sql-tls' }],
};
const NOTHING: CheckReport = { findings: [], stacks: [{ cloud: 'gcp', stack: 's', resources: 3, rules: 49 }], unused: [] };

function write(format: CheckFormat, report = REPORT, verbose = false, color = false): string {
  return renderCheck(format, report, { paint: pc.createColors(color), verbose, version: '1.2.3', cwd: '/work/repository' });
}

describe('text', () => {
  test('shows what is open in full, and the rest as numbers', () => {
    expect(write('text')).toBe(
      [
        'HIGH  gcp-storage-public-access  housing-dev-gcp housing-dev-gcp/Platform/Artifacts/Resource',
        '  The bucket refuses public access. One grant publishes everything in it.',
        '  -> Set public_access_prevention to enforced.',
        '  https://cloud.google.com/storage/docs/public-access-prevention',
        '',
        'HIGH  AwsSolutions-IAM5[Resource::<Bucket.Arn>/*]  housing-dev housing-dev/Role/Resource',
        '  The policy has wildcards. One grant publishes everything in it.',
        '  https://cloud.google.com/storage/docs/public-access-prevention',
        '',
        'LOW  gcp-storage-access-logs  housing-dev-gcp housing-dev-gcp/Platform/Artifacts/Resource',
        '  Access is logged.',
        '  -> Write logging.',
        '  https://cloud.google.com/storage/docs/public-access-prevention',
        '',
        'gcp-sql-tls is acknowledged at housing-dev-gcp/Gone in housing-dev-gcp, and nothing breaks it there any more: leave it out.',
        '',
        '3 open, 1 acknowledged, 1 unknown until deployment; 8 resources in 2 stacks',
        '',
      ].join('\n'),
    );
  });

  test('shows what is acknowledged with its reason, and what is unknown, if asked to', () => {
    const text = write('text', REPORT, true);
    expect(text).toContain('acknowledged  gcp-storage-access-logs  housing-dev-gcp google_storage_bucket.Site\n');
    expect(text).toContain('  acknowledged: it is a <site> | a page\n');
    expect(text).toContain('unknown  gcp-storage-versioning  ');
  });

  test('is one line where nothing is found', () => {
    expect(write('text', NOTHING)).toBe('0 open, 0 acknowledged, 0 unknown until deployment; 3 resources in 1 stack\n');
  });

  test('has colours only where they can be shown', () => {
    expect(write('text', REPORT, true)).not.toContain('\u001b');
    expect(write('text', REPORT, true, true)).toContain('\u001b[31mHIGH');
  });
});

describe('markdown', () => {
  const text = write('markdown');

  test('has a mark by which the comment is found again, and the numbers', () => {
    expect(text).toMatch(
      /^<!-- mlops check -->\n\n\*\*Policies:\*\* 3 open, 1 acknowledged, 1 unknown until deployment; 8 resources in 2 stacks\.\n\n\| Severity /,
    );
  });

  test('has a row for each open finding, with a link to the rule', () => {
    expect(text).toContain(
      '| high | [gcp-storage-public-access](https://cloud.google.com/storage/docs/public-access-prevention) | housing-dev-gcp: `housing-dev-gcp/Platform/Artifacts/Resource` | The bucket refuses public access. Set public\\_access\\_prevention to enforced. |',
    );
  });

  test('shows what of a policy breaks a rule as it is', () => {
    expect(text).toContain(
      '| [AwsSolutions-IAM5](https://cloud.google.com/storage/docs/public-access-prevention) `[Resource::<Bucket.Arn>/*]` |',
    );
  });

  test('folds the rest, with the reasons', () => {
    const [, folded] = /<details><summary>Acknowledged or unknown<\/summary>\n\n(.*)\n\n<\/details>/s.exec(text)!;
    expect(folded).toContain('| housing-dev-gcp: `google_storage_bucket.Site` | it is a &lt;site> \\| a page |');
    expect(folded).toContain('| only the deployment knows the value |');
  });

  test('is the numbers alone where nothing is found', () => {
    expect(write('markdown', NOTHING)).not.toContain('|');
  });

  test('fits into a comment, and says what does not', () => {
    const many = write('markdown', { ...REPORT, findings: Array.from({ length: 1000 }, () => OPEN) });
    expect(many.length).toBeLessThan(65_536);
    expect(many).toMatch(/\n\n\d+ more do not fit\.\n$/);
  });
});

describe('json', () => {
  const isValid = new Ajv().compile(JSON.parse(readFileSync(join(ROOT, 'schema', 'check.schema.json'), 'utf8')));

  test('is the report', () => {
    expect(JSON.parse(write('json'))).toEqual(JSON.parse(JSON.stringify(REPORT)));
  });

  test.each([
    ['everything', REPORT],
    ['nothing', NOTHING],
  ])('with %s is as the published schema says', (_, report) => {
    isValid(JSON.parse(write('json', report)));
    expect(isValid.errors).toBeNull();
  });

  test('the schema refuses what is none', () => {
    expect(isValid({ findings: [{ rule: 'gcp-sql-tls' }], stacks: [], unused: [] })).toBe(false);
  });
});

describe('sarif', () => {
  interface Log {
    readonly $schema: string;
    readonly version: string;
    readonly runs: readonly { readonly tool: { readonly driver: Driver }; readonly results: readonly Result[] }[];
  }
  interface Driver {
    readonly name: string;
    readonly version: string;
    readonly rules: readonly {
      readonly id: string;
      readonly defaultConfiguration: { readonly level: string };
      readonly helpUri?: string;
    }[];
  }
  interface Result {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly level: string;
    readonly message: { readonly text: string };
    readonly locations: readonly {
      readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number } };
      readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
    }[];
    readonly partialFingerprints: { readonly [name: string]: string };
    readonly suppressions?: readonly object[];
  }
  const log = JSON.parse(write('sarif')) as Log;
  const [{ tool, results }] = log.runs;

  test('is of version 2.1.0, by this program', () => {
    expect(log).toMatchObject({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0' });
    expect(log.runs).toHaveLength(1);
    expect(tool.driver).toMatchObject({ name: 'mlops check', version: '1.2.3' });
  });

  test('names each rule once, without what breaks it', () => {
    expect(tool.driver.rules.map((r) => r.id)).toEqual(['AwsSolutions-IAM5', 'gcp-storage-access-logs', 'gcp-storage-public-access']);
  });

  test('has results that point at their rule, with a level of the standard', () => {
    for (const result of results) {
      expect(tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(['error', 'warning', 'note']).toContain(result.level);
      expect(result.message.text).not.toBe('');
    }
    expect(results.map((r) => r.level)).toEqual(['error', 'error', 'note', 'note']);
  });

  test('leaves out what only the deployment knows', () => {
    expect(results.map((r) => r.ruleId)).not.toContain('gcp-storage-versioning');
  });

  test('names files from the folder it runs in, as addresses', () => {
    const uris = results.map((r) => r.locations[0].physicalLocation.artifactLocation.uri);
    expect(uris.slice(0, 2)).toEqual(['out%20dir/cdk.tf.json', 'file:///elsewhere/housing-dev.template.json']);
  });

  test('names the construct, and what breaks the rule', () => {
    expect(results[1].locations[0].logicalLocations).toEqual([{ fullyQualifiedName: 'housing-dev/Role/Resource', kind: 'resource' }]);
    expect(results[1].message.text).toBe('housing-dev/Role/Resource[Resource::<Bucket.Arn>/*]: The policy has wildcards.');
  });

  test('suppresses what was acknowledged, and nothing else', () => {
    expect(results.map((r) => r.suppressions)).toEqual([
      undefined,
      undefined,
      undefined,
      [{ kind: 'inSource', justification: 'it is a <site> | a page' }],
    ]);
  });

  test('tells findings apart, the same way in every run', () => {
    const prints = results.map((r) => r.partialFingerprints['resource/v1']);
    expect(new Set(prints).size).toBe(results.length);
    expect(prints[0]).toBe('housing-dev-gcp:gcp-storage-public-access:google_storage_bucket.Artifacts');
  });

  test('is valid where nothing is found', () => {
    expect(JSON.parse(write('sarif', NOTHING))).toMatchObject({ runs: [{ tool: { driver: { rules: [] } }, results: [] }] });
  });
});
