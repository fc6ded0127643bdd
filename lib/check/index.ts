import type { Snapshot } from '../review/model';
import { AZURE_RULES } from './azure';
import { GCP_RULES } from './gcp';
import type { Acknowledgement, Checked, CheckReport, Finding, Rule, Severity } from './model';
import { SEVERITIES } from './model';
import { checkTerraform } from './terraform';

export * from './model';
export { CHECK_FORMATS, CheckFormat, renderCheck, summary } from './render';

const RULES: { readonly [cloud in 'azure' | 'gcp']: readonly Rule[] } = { azure: AZURE_RULES, gcp: GCP_RULES };

/** What the rules say of every stack. Loads the rules of AWS, which are cdk-nag's, only if there is a stack of AWS. */
export function check(snapshots: readonly Snapshot[]): CheckReport {
  const checked = snapshots.map(checkOne);
  return {
    stacks: checked.map(({ snapshot, resources, rules }) => ({ cloud: snapshot.cloud, stack: snapshot.stack, resources, rules })),
    findings: checked.flatMap(settle).sort(byWeight),
    unused: checked.flatMap(unusedOf),
  };
}

/** The findings that fail, at a severity or above. */
export function failing(report: CheckReport, from: Severity): readonly Finding[] {
  const least = SEVERITIES.indexOf(from);
  return report.findings.filter((f) => f.state === 'open' && SEVERITIES.indexOf(f.severity) >= least);
}

function checkOne(snapshot: Snapshot): Checked {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  if (snapshot.kind === 'cloudformation') return (require('./aws') as typeof import('./aws')).checkCloudFormation(snapshot);
  return checkTerraform(snapshot, RULES[snapshot.cloud as 'azure' | 'gcp'] ?? [...AZURE_RULES, ...GCP_RULES]);
}

function settle({ findings, unknown, acknowledged }: Checked): Finding[] {
  const state = (finding: Checked['findings'][number], otherwise: Finding['state']): Finding => {
    const why = acknowledged.find((a) => applies(a, finding));
    return why ? { ...finding, state: 'acknowledged', reason: why.reason } : { ...finding, state: otherwise };
  };
  return [...findings.map((finding) => state(finding, 'open')), ...unknown.map((finding) => state(finding, 'unknown'))];
}

function applies({ path, rule }: Acknowledgement, finding: Pick<Finding, 'path' | 'address' | 'rule'>): boolean {
  const at = finding.path ?? finding.address;
  return rule === finding.rule && (at === path || at.startsWith(`${path}/`));
}

function unusedOf({ snapshot, findings, unknown, acknowledged }: Checked): CheckReport['unused'] {
  // cdk-nag sees a little more in the tree of constructs than in a template: what is unused here may be of use there.
  if (snapshot.kind === 'cloudformation') return [];
  return acknowledged
    .filter((a) => ![...findings, ...unknown].some((finding) => applies(a, finding)))
    .map(({ path, rule }) => ({ stack: snapshot.stack, path, rule }));
}

const STATES: readonly Finding['state'][] = ['open', 'unknown', 'acknowledged'];

/** What has to be mended first; then by stack, rule and address, so that two runs print the same. */
function byWeight(a: Finding, b: Finding): number {
  return (
    STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    order(a.stack, b.stack) ||
    order(a.rule, b.rule) ||
    order(a.address, b.address)
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
