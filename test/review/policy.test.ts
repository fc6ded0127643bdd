import { classesOf, Report } from '../../lib/review/model';
import { DEFAULT_FAIL_ON, judge } from '../../lib/review/policy';
import { CHANGES, REPORT, reportOf } from './fixture';

const failing = (report: Report, ...allow: string[]): string[] =>
  judge(report, { failOn: DEFAULT_FAIL_ON, allow }).failing.map(
    ({ change, classes }) => `${change.address.split('.')[0]}: ${classes.join(' ')}`,
  );

test('what fails is what is in a failing class', () => {
  expect(judge(REPORT, { failOn: ['capacity'], allow: [] }).failing.map(({ change }) => change)).toEqual([CHANGES[4]]);
  expect(judge(REPORT, { failOn: [], allow: [] }).failing).toEqual([]);
});

test('by default fails what loses data, replaces, opens, or is not understood', () => {
  expect(judge(REPORT, { failOn: DEFAULT_FAIL_ON, allow: [] }).failing.map(({ change }) => classesOf(change)[0])).toEqual(DEFAULT_FAIL_ON);
});

test.each(['PlatformArtifacts1D2C3B4A', 'housing-prod/PlatformArtifacts1D2C3B4A', 'housing-prod/Platform/Artifacts/Resource'])(
  'a loss of data is let pass by its own name %s',
  (name) => {
    expect(failing(REPORT)).toContain('PlatformArtifacts1D2C3B4A: data-loss replace');
    expect(failing(REPORT, name)).not.toContain('PlatformArtifacts1D2C3B4A: data-loss replace');
    expect(judge(REPORT, { failOn: DEFAULT_FAIL_ON, allow: [name] }).allowed).toEqual([CHANGES[0]]);
  },
);

test('a construct path lets pass what is below it, but no loss of data', () => {
  expect(failing(REPORT, 'housing-prod')).toContain('PlatformArtifacts1D2C3B4A: data-loss');
  expect(failing(REPORT, 'housing-prod/Platform/')).not.toContain('PlatformInferencePredictUrlPermission: access');
  expect(failing(REPORT, 'housing-prod/Platform/Infer')).toContain('PlatformInferencePredictUrlPermission: access');
});

test('a name that stands for changes of two stacks has to say which', () => {
  const other = { ...CHANGES[0], stack: 'housing-dev', path: undefined };
  const report = reportOf([CHANGES[0], other]);
  expect(() => failing(report, 'PlatformArtifacts1D2C3B4A')).toThrow(
    'PlatformArtifacts1D2C3B4A is in the stacks housing-prod, housing-dev. Say which: --allow housing-prod/PlatformArtifacts1D2C3B4A,housing-dev/PlatformArtifacts1D2C3B4A',
  );
  expect(failing(report, 'housing-dev/PlatformArtifacts1D2C3B4A')).toEqual(['PlatformArtifacts1D2C3B4A: data-loss replace']);
});

test('a name that no change has is said to be of no use', () => {
  expect(judge(REPORT, { failOn: DEFAULT_FAIL_ON, allow: ['nobody', 'housing-prod'] }).unused).toEqual(['nobody']);
});
