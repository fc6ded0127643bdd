import type { CheckReport, Finding, Severity } from '../model';
import { countsOf } from './counts';
import type { CheckView } from './index';

/** For a terminal: what is open in full, the rest as a number. */
export function renderText(report: CheckReport, { paint, verbose }: CheckView): string {
  const colour: { readonly [s in Severity]: (text: string) => string } = { high: paint.red, medium: paint.yellow, low: paint.cyan };
  const shown = report.findings.filter((f) => f.state === 'open' || verbose);
  const lines = shown.flatMap((f) => [
    `${label(f, colour[f.severity])}  ${paint.bold(f.rule)}  ${f.stack} ${f.path ?? f.address}`,
    `  ${f.what}${f.why ? ` ${f.why}` : ''}`,
    ...(f.reason ? [paint.dim(`  acknowledged: ${f.reason}`)] : f.mend ? [`  -> ${f.mend}`] : []),
    ...(f.link ? [paint.dim(`  ${f.link}`)] : []),
    '',
  ]);
  const unused = report.unused.map(({ stack, path, rule }) =>
    paint.dim(`${rule} is acknowledged at ${path} in ${stack}, and nothing breaks it there any more: leave it out.`),
  );
  return `${[...lines, ...unused, ...(unused.length ? [''] : []), summary(report)].join('\n')}\n`;
}

function label(f: Finding, colour: (text: string) => string): string {
  return f.state === 'open' ? colour(f.severity.toUpperCase()) : f.state;
}

/** One line: how many findings, in how many resources. */
export function summary(report: CheckReport): string {
  const { open, acknowledged, unknown, resources } = countsOf(report);
  return `${open} open, ${acknowledged} acknowledged, ${unknown} unknown until deployment; ${resources} ${resources === 1 ? 'resource' : 'resources'} in ${report.stacks.length} ${report.stacks.length === 1 ? 'stack' : 'stacks'}`;
}
