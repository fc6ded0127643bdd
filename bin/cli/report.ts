import Table from 'cli-table3';
import type { Colors } from 'picocolors/types';
import { CLOUD_TITLE } from '../../lib/core/catalogue';
import { thousands } from '../../lib/core/errors';
import { titles } from './check';
import { Report, StackReport } from './synth';

/** What was written, a table per cloud with the next command under it. */
export function renderSynth({ stacks, parity, notes }: Report, colors: Colors, columns: number): string {
  const { bold, yellow, dim } = colors;
  const tables = stacks.map((s) => `${table(s, colors, columns)}\n${bold('next:')} ${s.written!.next}\n`);
  const warnings = notes.map((note) => `${yellow('note:')} ${note}\n`);
  return [...tables, ...(warnings.length ? [warnings.join('')] : []), dim(`${parity} says what became of each field.\n`)].join('\n');
}

/** That all is well, and what each cloud serves only nearly. */
export function renderValid({ file, stacks }: Report, colors: Colors, columns: number): string {
  const { green } = colors;
  const inexact = stacks.filter((s) => s.entries.some((e) => e.kind !== 'mapped'));
  const head = `${green('valid')} ${file}, for ${titles(stacks.map((s) => s.cloud))}\n`;
  return [head, ...inexact.map((s) => `${table(s, colors, columns)}\n`)].join('\n');
}

function table({ cloud, stack, state, entries, written }: StackReport, { bold, cyan, yellow, dim }: Colors, columns: number): string {
  const width = Math.min(Math.max(columns, 80), 160) - 4;
  const longest = Math.max(20, ...entries.filter((e) => e.kind !== 'mapped').map((e) => e.path.length));
  const first = Math.min(longest + 2, Math.floor(width / 2));
  const second = Math.floor((width - first) * 0.45);
  const t = new Table({ colWidths: [first, second, width - first - second], wordWrap: true, style: { head: [], border: [] } });
  const wide = (name: string, content: string): void => void t.push([name, { colSpan: 2, content }]);
  t.push([{ colSpan: 3, content: `${bold(CLOUD_TITLE[cloud])} ${cyan(stack)}` }]);
  const among = written && written.stacks > 1 ? ` in ${written.stacks} stacks` : '';
  if (written) wide('resources', `${thousands(written.resources)}${among}, in ${written.folder}`);
  if (written) wide('state', state);
  wide('exactly as declared', `${entries.filter((e) => e.kind === 'mapped').length} entries`);
  for (const kind of ['approximated', 'refused'] as const) {
    const found = entries.filter((e) => e.kind === kind);
    if (found.length) t.push([yellow(kind === 'refused' ? 'left out' : kind), dim('became'), dim('because')]);
    for (const e of found) t.push([e.path, e.became, e.reason ?? '']);
  }
  return t.toString();
}
