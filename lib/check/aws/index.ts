import { existsSync, readFileSync } from 'fs';
import type * as include from 'aws-cdk-lib/cloudformation-include';
import type * as core from 'aws-cdk-lib/core';
import type * as nag from 'cdk-nag';
import { Snapshot, ReviewError } from '../../review/model';
import type { Acknowledgement, Checked, Finding, Severity } from '../model';
import { withoutWeak } from './weak';

const KEY = 'aws:cdk:acknowledged-rules';
const PACK = 'AwsSolutions::';
/** Where a template's resources stand in the tree that it is read into. */
const INCLUDED = 'Checked/Template/';
/** Where the pack says what each rule is about. */
const LINK = 'https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#awssolutions';
/** cdk-nag's levels. */
const SEVERITY: { readonly [level: string]: Severity } = { error: 'high', warning: 'medium' };

/**
 * What cdk-nag's AwsSolutions pack says of a template.
 *
 * @throws ReviewError if cdk-nag is not installed, or the template cannot be read as constructs
 */
export function checkCloudFormation(snapshot: Snapshot): Checked {
  const { App, Stack } = load<typeof core>('aws-cdk-lib/core');
  const { CfnInclude } = load<typeof include>('aws-cdk-lib/cloudformation-include');
  const { cloud, stack: name, file, paths, body } = snapshot;
  const stack = new Stack(new App({ analyticsReporting: false }), 'Checked');
  const original = withoutWeak(file, body, (templateFile) => {
    try {
      new CfnInclude(stack, 'Template', { templateFile });
    } catch (e) {
      throw new ReviewError(`${file}: cdk-nag could not be asked about it: ${e instanceof Error ? e.message : String(e)}`);
    }
  });
  const judged = judge(stack, load<typeof nag>('cdk-nag').AwsSolutionsChecks);
  const toFinding = ({ id, info, explanation, level, path: constructPath }: Violation): Omit<Finding, 'state' | 'reason'> => {
    const logicalId = constructPath.slice(INCLUDED.length);
    const path = paths.get(logicalId);
    return {
      cloud,
      stack: name,
      file,
      address: logicalId,
      ...(path === undefined ? {} : { path }),
      type: typeOf(body, logicalId),
      rule: original(id),
      severity: SEVERITY[level] ?? 'medium',
      what: info,
      // The rest says how cdk-nag names such findings.
      why: explanation.replace(/\s*This is a granular rule .*$/s, ''),
      mend: '',
      link: LINK,
    };
  };
  return {
    snapshot,
    resources: Object.keys((body.Resources ?? {}) as object).length,
    rules: judged.rules,
    findings: judged.broken.map(toFinding),
    unknown: judged.unknown.map(toFinding),
    acknowledged: acknowledgedIn(file),
  };
}

/** One rule that one resource breaks. */
interface Violation {
  readonly id: string;
  readonly info: string;
  readonly explanation: string;
  readonly level: string;
  readonly path: string;
}

/** Asks each rule itself, because the pack's own report is without its explanations, and takes what a rule cannot read for broken. */
function judge(stack: core.Stack, Checks: typeof nag.AwsSolutionsChecks): { broken: Violation[]; unknown: Violation[]; rules: number } {
  const [broken, unknown, rules]: [Violation[], Violation[], Set<string>] = [[], [], new Set()];
  class Pack extends Checks {
    protected applyRule({ rule, ruleSuffixOverride, info, explanation, level, node }: nag.IApplyRule): void {
      const id = `${this.packName}-${ruleSuffixOverride ?? (rule as unknown as { readonly name: string }).name}`;
      const violation = { id, info, explanation, level: level === 'Error' ? 'error' : 'warning', path: node.node.path };
      rules.add(id);
      try {
        const said = rule(node);
        if (Array.isArray(said)) broken.push(...said.map((what) => ({ ...violation, id: `${id}[${what}]` })));
        else if (said === 'Non-Compliant') broken.push(violation);
      } catch {
        // The value is a reference, most often.
        unknown.push(violation);
      }
    }
  }
  new Pack().validateScope(stack);
  return { broken, unknown, rules: rules.size };
}

/** What was acknowledged in code, as the CDK writes it beside the template. */
function acknowledgedIn(template: string): Acknowledgement[] {
  const file = template.replace(/\.template\.json$/, '.metadata.json');
  if (file === template || !existsSync(file)) return [];
  const metadata = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly [path: string]: readonly { readonly type: string; readonly data?: unknown }[];
  };
  return Object.entries(metadata).flatMap(([path, entries]) =>
    entries
      .filter((entry) => entry.type === KEY)
      .flatMap(({ data }) => Object.entries(data as { readonly [rule: string]: string }))
      .filter(([rule]) => rule.startsWith(PACK))
      .map(([rule, reason]) => ({ path: path.slice(1), rule: rule.slice(PACK.length), reason })),
  );
}

function typeOf(template: Snapshot['body'], id: string): string {
  return (template.Resources as { readonly [id: string]: { readonly Type: string } } | undefined)?.[id]?.Type ?? '';
}

/** The libraries are of the project that is checked, and optional. */
function load<T>(name: string): T {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require(name) as T;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw e;
    const missing = name.replace(/^(aws-cdk-lib)\/.*/, '$1');
    throw new ReviewError(`${missing} is not installed, and CloudFormation is checked by it. Run: npm install ${missing}`);
  }
}
