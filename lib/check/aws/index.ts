import { existsSync, readFileSync } from 'fs';
import type * as include from 'aws-cdk-lib/cloudformation-include';
import type * as core from 'aws-cdk-lib/core';
import type * as nag from 'cdk-nag';
import { Snapshot, ReviewError } from '../../review/model';
import type { Acknowledgement, Checked, Finding, Severity } from '../model';

const KEY = 'aws:cdk:acknowledged-rules';
const PACK = 'AwsSolutions::';
/** Where a template's resources stand in the tree that it is read into. */
const INCLUDED = 'Checked/Template/';
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
  const { AwsSolutionsChecks } = load<typeof nag>('cdk-nag');
  const { cloud, stack: name, file, paths, body } = snapshot;
  const stack = new Stack(new App({ analyticsReporting: false }), 'Checked');
  try {
    new CfnInclude(stack, 'Template', { templateFile: file });
  } catch (e) {
    throw new ReviewError(`${file}: cdk-nag could not be asked about it: ${e instanceof Error ? e.message : String(e)}`);
  }
  const pack = new AwsSolutionsChecks();
  const { violations } = pack.validateScope(stack);
  const findings = violations.flatMap(({ ruleName, description, severity, fix, violatingResources }) =>
    violatingResources.map(({ constructPath = '' }): Omit<Finding, 'state' | 'reason'> => {
      const logicalId = constructPath.slice(INCLUDED.length);
      const path = paths.get(logicalId);
      return {
        cloud,
        stack: name,
        file,
        address: logicalId,
        ...(path === undefined ? {} : { path }),
        type: typeOf(body, logicalId),
        rule: ruleName.replace(PACK, ''),
        severity: SEVERITY[severity ?? 'error'] ?? 'medium',
        what: description,
        why: '',
        mend: fix ?? '',
      };
    }),
  );
  const resources = Object.keys((body.Resources ?? {}) as object).length;
  return { snapshot, resources, rules: pack.ruleIds?.length ?? 0, findings, unknown: [], acknowledged: acknowledgedIn(file) };
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
