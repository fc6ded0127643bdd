import type { CheckReport, Finding } from '../model';
import { summary } from './text';

/** For a comment on a pull request. */
export function renderMarkdown(report: CheckReport): string {
  const open = report.findings.filter((f) => f.state === 'open');
  const rest = report.findings.filter((f) => f.state !== 'open');
  const parts = [
    '<!-- mlops check -->',
    `**Policies:** ${summary(report)}.`,
    open.length ? table(['Severity', 'Rule', 'Where', 'What to do'], open.map(openRow)) : '',
    rest.length
      ? `<details><summary>Acknowledged or unknown</summary>\n\n${table(['State', 'Rule', 'Where', 'Reason'], rest.map(restRow))}\n\n</details>`
      : '',
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function openRow(f: Finding): string[] {
  return [f.severity, f.link ? `[${f.rule}](${f.link})` : f.rule, where(f), [f.what, f.mend].filter(Boolean).join(' ')];
}

function restRow(f: Finding): string[] {
  return [f.state, f.rule, where(f), f.reason ?? 'only the deployment knows the value'];
}

function where(f: Finding): string {
  return `${f.stack}: \`${f.path ?? f.address}\``;
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replace(/\|/g, '\\|').replace(/\s+/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
