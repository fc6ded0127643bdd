import type { CheckReport, Finding } from '../model';
import { summary } from './text';

/** A comment on GitHub may have 65,536 characters. */
const LONGEST = 60_000;

/** For a comment on a pull request. */
export function renderMarkdown(report: CheckReport): string {
  const open = report.findings.filter((f) => f.state === 'open');
  const rest = report.findings.filter((f) => f.state !== 'open');
  const head = ['<!-- mlops check -->', `**Policies:** ${summary(report)}.`];
  const first = open.length ? table(['Severity', 'Rule', 'Where', 'What to do'], open.map(openRow), LONGEST) : '';
  const left = LONGEST - first.length;
  const second = rest.length && left > 0 ? table(['State', 'Rule', 'Where', 'Reason'], rest.map(restRow), left) : '';
  const folded = second && `<details><summary>Acknowledged or unknown</summary>\n\n${second}\n\n</details>`;
  return `${[...head, first, folded].filter(Boolean).join('\n\n')}\n`;
}

function openRow(f: Finding): string[] {
  return [f.severity, rule(f), where(f), plain([f.what, f.mend].filter(Boolean).join(' '))];
}

function restRow(f: Finding): string[] {
  return [f.state, rule(f), where(f), plain(f.reason ?? 'only the deployment knows the value')];
}

/** Its name with the vendor's page, and what of a policy breaks it, which cdk-nag puts into brackets. */
function rule(f: Finding): string {
  const [, name, detail] = /^([^[]*)(.*)$/s.exec(f.rule)!;
  return [f.link ? `[${name}](${f.link})` : name, detail && `\`${detail}\``].filter(Boolean).join(' ');
}

function where(f: Finding): string {
  return `${plain(f.stack)}: \`${f.path ?? f.address}\``;
}

function plain(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]]/g, '\\$&');
}

/** As many rows as there is room for. */
function table(head: readonly string[], rows: readonly string[][], room: number): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replace(/\|/g, '\\|').replace(/\s+/g, ' ')).join(' | ')} |`;
  const lines = [line(head), line(head.map(() => '---'))];
  let length = lines.join('\n').length;
  const shown = rows.map(line).filter((l) => (length += l.length + 1) <= room);
  const hidden = rows.length - shown.length;
  return [...lines, ...shown, ...(hidden ? [`\n${hidden} more do not fit.`] : [])].join('\n');
}
