import Table from 'cli-table3';
import type { Colors } from 'picocolors/types';
import { CLOUD_TITLE } from '../../lib/core/catalogue';
import { thousands } from '../../lib/core/errors';
import { titles } from './check';
import { Report, StackReport } from './synth';

/** What was written, a table per cloud with the next command under it. */
export function renderSynth({ file, stacks, notes }: Report, colors: Colors, columns: number): string {
  const { bold, yellow, dim } = colors;
  const tables = stacks.map((s) => `${table(s, colors, columns)}\n${bold('next:')} ${s.written!.next}\n`);
  const warnings = notes.map((note) => `${yellow('note:')} ${note}\n`);
  return [...tables, ...(warnings.length ? [warnings.join('')] : []), dim(`${file} became parity.json: what each field became\n`)].join(
    '\n',
  );
}

/** That all is well, and what each cloud serves only nearly. */
export function renderValid({ file, stacks }: Report, colors: Colors, columns: number): string {
  const { green } = colors;
  const inexact = stacks.filter((s) => s.entries.some((e) => e.kind !== 'mapped'));
  const head = `${green('valid')} ${file}, for ${titles(stacks.map((s) => s.cloud))}\n`;
  return [head, ...inexact.map((s) => `${table(s, colors, columns)}\n`)].join('\n');
}

function table({ cloud, stack, state, entries, written }: StackReport, { bold, cyan, yellow, dim }: Colors, columns: number): string {
  const width = Math.min(Math.max(columns, 60), 140);
  const first = 14;
  const t = new Table({ colWidths: [first, width - first - 3], wordWrap: true, style: { head: [], border: [] } });
  t.push([{ colSpan: 2, content: `${bold(CLOUD_TITLE[cloud])} ${cyan(stack)}` }]);
  if (written) t.push(['resources', `${thousands(written.resources)}, in ${written.folder}`]);
  t.push(['mapped', `${entries.filter((e) => e.kind === 'mapped').length} fields exactly as declared`]);
  for (const kind of ['approximated', 'refused'] as const) {
    const lines = entries.filter((e) => e.kind === kind).map((e) => `${bold(e.path)} became ${e.became}\n${dim(e.reason ?? '')}`);
    if (lines.length) t.push([yellow(kind), lines.join('\n')]);
  }
  if (written) t.push(['state', state]);
  return t.toString();
}
