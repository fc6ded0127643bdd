import { Change, CLASSES, classesOf, Report } from '../model';
import { Verdict } from '../policy';
import {
  ACTIONS,
  byWeight,
  clean,
  CLOUD_NAME,
  countsOf,
  groupBy,
  isCosmetic,
  kindOf,
  nameOf,
  plural,
  REPLACEMENT_WORD,
  sidesOf,
  thousands,
} from './values';

/** By this line a pipeline finds its own earlier comment. */
export const MARKER = '<!-- mlops diff -->';

// What a comment may hold on GitHub; its neighbours take more.
const LONGEST = 65_536;
const MOST_CAUSES = 12;
const DANGEROUS = ['data-loss', 'replace', 'interrupt', 'access', 'unknown'];

/** A report for a comment on a pull request; the least dangerous is left out where a comment cannot hold all. */
export function renderMarkdown(report: Report, verdict: Verdict): string {
  const head = [MARKER, title(verdict), stacks(report), summary(report, verdict)].filter(Boolean).join('\n\n');
  const dangerous = report.changes.filter((c) => classesOf(c).some((name) => DANGEROUS.includes(name)));
  const open = new Set(dangerous);
  return fill(head, [
    { title: '', blocks: dangerous.map(renderChange) },
    { title: 'other', blocks: report.changes.filter((c) => !open.has(c) && !isCosmetic(c)).map(renderChange) },
    { title: 'cosmetic', blocks: report.changes.filter(isCosmetic).map((c) => `- ${code(nameOf(c))}: ${causesOf(c)}`) },
  ]);
}

interface Part {
  /** Folded away under this, unless empty. */
  readonly title: string;
  readonly blocks: readonly string[];
}

/** Adds changes while there is room for them and for the note that says how many are missing. */
function fill(head: string, parts: readonly Part[]): string {
  const budget = LONGEST - 1_000;
  let text = head;
  let missing = 0;
  for (const { title, blocks } of parts) {
    const opening = title && `\n\n<details>\n<summary>${plural(blocks.length, `${title} change`)}</summary>`;
    const closing = title && '\n\n</details>';
    let room = budget - size(text + opening + closing);
    let fits = 0;
    // Once one is left out, all that follow are: a gap in the middle would be taken for the end.
    while (!missing && fits < blocks.length && (room -= size(blocks[fits]) + 2) >= 0) fits++;
    missing += blocks.length - fits;
    if (fits) text += [opening, ...blocks.slice(0, fits).map((block) => `\n\n${block}`), closing].join('');
  }
  if (missing)
    text +=
      `\n\n> [!WARNING]\n> Not shown: ${plural(missing, 'change')}, the least dangerous. A comment holds ${thousands(LONGEST)} ` +
      'characters; `mlops diff --format html` shows all.';
  return `${text}\n`;
}

// Bytes, which are never fewer than characters.
function size(text: string): number {
  return Buffer.byteLength(text);
}

function title({ failing, failOn }: Verdict): string {
  if (!failing.length)
    return `## Infrastructure review: passes\n\nNothing in ${failOn.map((c) => `**${c}**`).join(', ') || 'any failing class, because there is none'}.`;
  const classes = CLASSES.filter((c) => failing.some((f) => f.classes.includes(c)));
  return `## Infrastructure review: fails\n\n${plural(failing.length, 'change')} in ${classes.map((c) => `**${c}**`).join(', ')}.`;
}

function stacks({ stacks: all }: Report): string {
  const news = all.filter((s) => s.before !== s.after);
  return news
    .map(({ cloud, stack, before }) => `- the stack ${code(stack)} (${CLOUD_NAME[cloud]}) is ${before ? 'gone' : 'new'}`)
    .join('\n');
}

function summary(report: Report, { allowed, unused }: Verdict): string {
  if (!report.changes.length) return 'Nothing changes.';
  const clouds = groupBy(report.changes, (c) => c.cloud);
  const total = countsOf(report);
  const actions = ACTIONS.filter((a) => total.actions[a]);
  const names = CLASSES.filter((name) => total.classes[name]);
  const head = ['', ...actions, ...names];
  const rows = [...clouds].map(([cloud, changes]) => {
    const counts = countsOf({ ...report, changes });
    const numbers = [...actions.map((a) => counts.actions[a]), ...names.map((n) => counts.classes[n])];
    return [`**${CLOUD_NAME[cloud]}**`, ...numbers.map((n) => (n ? thousands(n) : ''))];
  });
  const table = [head, head.map((_, i) => (i ? '--:' : '---')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const notes = [
    ...(allowed.length ? [`${plural(allowed.length, 'change')} let pass by name.`] : []),
    ...unused.map((name) => `No change is called ${code(name)}, which \`--allow\` names.`),
  ];
  return [table, ...notes].join('\n\n');
}

function causesOf({ causes }: Change): string {
  const paths = causes.map((c) => code(c.path));
  return [...paths.slice(0, 4), ...(paths.length > 4 ? [`${paths.length - 4} more`] : [])].join(', ') || 'metadata';
}

function renderChange(change: Change): string {
  const lines = [`#### ${change.action} ${code(nameOf(change))}`, ''];
  const was = change.from === undefined ? '' : `, was ${code(change.from)}`;
  lines.push(`${[CLOUD_NAME[change.cloud], ...kindOf(change).map(code)].join(', ')}${was}`, '');
  for (const { class: name, why, conditional } of change.findings)
    lines.push(`- **${name}**${conditional ? ' (under a condition)' : ''}: ${plain(why)}`);
  // A block to paste keeps its lines.
  const [advice, ...rest] = (change.advice ?? '').split('\n');
  if (advice && !rest.length) lines.push(`- **instead**: ${plain(advice)}`);
  else if (advice) lines.push('- **instead**:', '', ...[advice, ...rest].map((l) => `      ${clean(l)}`), '');
  const causes = byWeight(change.causes);
  if (causes.length) {
    lines.push('', '| property | before | after | |', '|---|---|---|---|');
    for (const cause of causes.slice(0, MOST_CAUSES)) {
      const cells = [cause.path, ...sidesOf(cause, 120)].map((t) => code(t));
      lines.push(`| ${[...cells, REPLACEMENT_WORD[cause.replacement]].join(' | ')} |`);
    }
    if (causes.length > MOST_CAUSES) lines.push(`| and ${causes.length - MOST_CAUSES} more | | | |`);
  }
  return lines.join('\n');
}

/** Text that can be no Markdown, no HTML, no mention and no reference to an issue. */
function plain(text: string): string {
  return clean(text)
    .replace(/[&<>`|*_[\]\\~]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[@#](?=[\w-])/g, '$&<!-- -->')
    .replace(/&#<!-- -->/g, '&#');
}

/** In type of fixed width. Not in backticks, which cannot hold every text in a table. */
function code(text: string): string {
  return `<code>${clean(text).replace(/[&<>`|*[\]\\~@#]|\b_|_\b/g, (c) => `&#${c.charCodeAt(0)};`)}</code>`;
}
