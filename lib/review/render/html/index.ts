import { createHash } from 'crypto';
import { Cause, Change, ChangeClass, CLASSES, classesOf, Cloud, Report } from '../../model';
import { Verdict } from '../../policy';
import {
  ACTIONS,
  byWeight,
  CLASS_MEANING,
  clean,
  CLOUD_NAME,
  countsOf,
  focus,
  groupBy,
  HIDDEN,
  linesOf,
  nameOf,
  plural,
  REPLACEMENT_WORD,
  thousands,
} from '../values';
import { SCRIPT } from './script';
import { STYLE } from './style';
import { Branch, changesOf, Leaf, treeOf } from './tree';

const LONGEST_VALUE = 4_000;
// Past this many, opening the dangerous ones for the reader hides the tree.
const MOST_OPEN = 60;
const MOST_NAMED = 10;
const QUIET: readonly ChangeClass[] = ['capacity', 'cosmetic'];
const NONE = 'none';
const CLOUDS = Object.keys(CLOUD_NAME) as Cloud[];

/** A report as a page that needs nothing beside itself: no network, no other file. */
export function renderHtml(report: Report, verdict: Verdict): string {
  const ids = new Map(report.changes.map((change, i) => [change, `change-${i + 1}`]));
  const ranks = new Map(report.changes.map((change, i) => [change, i]));
  const page: Page = { ids, ranks, openAll: report.changes.filter(isLoud).length <= MOST_OPEN };
  const word = verdict.failing.length ? 'fails' : 'passes';
  const content = [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src '${digest(STYLE)}'; script-src '${digest(SCRIPT)}'; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<link rel="icon" href="data:,">',
    `<title>Infrastructure review: ${word}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#changes">Go to the changes</a>',
    '<header>',
    '<h1>Infrastructure review</h1>',
    renderNumbers(report),
    renderVerdict(verdict, page),
    '</header>',
    '<main id="changes">',
    renderControls(report),
    ...renderClouds(report, page),
    '</main>',
    '<footer><p>Written by <code>mlops diff</code> from synthesized output; nothing that is deployed was looked at.</p></footer>',
    `<script>${SCRIPT}</script>`,
    '</body>',
    '</html>',
  ];
  return `${content.join('\n')}\n`;
}

interface Page {
  readonly ids: ReadonlyMap<Change, string>;
  readonly ranks: ReadonlyMap<Change, number>;
  /** Whether everything dangerous is open from the start. */
  readonly openAll: boolean;
}

function renderVerdict({ failing, failOn, allowed, unused }: Verdict, { ids }: Page): string {
  const lines: string[] = [];
  if (failing.length) {
    lines.push(`<p><strong class="word">Fails</strong>: ${plural(failing.length, 'change')} in a failing class.</p>`, '<ul>');
    for (const { change, classes } of failing.slice(0, MOST_NAMED)) {
      const id = ids.get(change)!;
      lines.push(`<li><a href="#${id}" data-change="${id}">${breakable(nameOf(change))}</a> ${classes.map(badge).join(' ')}</li>`);
    }
    lines.push('</ul>');
    if (failing.length > MOST_NAMED) lines.push(`<p>And ${plural(failing.length - MOST_NAMED, 'more change')}.</p>`);
  } else lines.push('<p><strong class="word">Passes</strong>: nothing is in a failing class.</p>');
  lines.push(`<p class="soft">Failing classes: ${failOn.join(', ') || 'none'}.</p>`);
  if (allowed.length) lines.push(`<p>Let pass by name: ${allowed.map((c) => `<code>${escape(nameOf(c))}</code>`).join(', ')}.</p>`);
  if (unused.length)
    lines.push(`<p>Let pass by name, though no change is called so: ${unused.map((n) => `<code>${escape(n)}</code>`).join(', ')}.</p>`);
  return `<section class="panel verdict ${failing.length ? 'fails' : 'passes'}" aria-label="Verdict">\n${lines.join('\n')}\n</section>`;
}

function renderNumbers(report: Report): string {
  const { actions } = countsOf(report);
  const item = (n: number, label: string): string => `<li><b>${thousands(n)}</b> ${label}</li>`;
  return `<ul class="numbers" aria-label="Changes by action">${ACTIONS.filter((a) => actions[a])
    .map((a) => item(actions[a], `to ${a}`))
    .join('')}</ul>`;
}

function renderControls(report: Report): string {
  const { classes } = countsOf(report);
  const none = report.changes.filter((c) => !c.findings.length).length;
  const box = (name: string, n: number, title: string): string =>
    `<label title="${title}"><input type="checkbox" name="class" value="${name}" checked> <span class="badge ${name}">${name === NONE ? 'no class' : name}</span> ${thousands(n)}</label>`;
  const boxes = CLASSES.filter((c) => classes[c]).map((c) => box(c, classes[c], CLASS_MEANING[c]));
  if (none) boxes.push(box(NONE, none, 'nothing to be said about it'));
  if (!report.changes.length) return '<p>Nothing changes.</p>';
  return `<section class="panel" id="controls" aria-label="Filter" hidden>
<fieldset><legend>Show changes of these classes</legend>
${boxes.join('\n')}
</fieldset>
<div class="tools"><button type="button" data-open="true">Open all</button><button type="button" data-open="false">Close all</button><span id="status" role="status"></span></div>
</section>`;
}

function renderClouds(report: Report, page: Page): string[] {
  const byCloud = groupBy(report.stacks, (s) => s.cloud);
  return CLOUDS.filter((c) => byCloud.has(c)).map((cloud) => {
    const parts = byCloud.get(cloud)!.map(({ stack, before, after }) => {
      const changes = report.changes.filter((c) => c.cloud === cloud && c.stack === stack);
      const news =
        before && after ? '' : ` <span class="badge ${before ? 'remove' : 'add'}">the stack is ${before ? 'gone' : 'new'}</span>`;
      if (!changes.length) return `<p class="stack"><strong>${escape(clean(stack))}</strong>: no change${news}</p>`;
      return renderBranch(treeOf(stack, changes), page, 3, news);
    });
    return `<section aria-labelledby="cloud-${cloud}">\n<h2 id="cloud-${cloud}">${CLOUD_NAME[cloud]}</h2>\n${parts.join('\n')}\n</section>`;
  });
}

function renderBranch(branch: Branch, page: Page, level: number, news = ''): string {
  const changes = changesOf(branch);
  const classes = CLASSES.filter((c) => changes.some((change) => classesOf(change).includes(c)));
  const open = level === 3 || (page.openAll && changes.some(isLoud)) ? ' open' : '';
  const title = level === 3 ? `<h3>${escape(branch.name)}</h3>` : `<strong>${escape(branch.name)}</strong>`;
  return `<details class="group${level === 3 ? ' stack' : ''}"${open}>
<summary>${title} <span class="soft">${plural(changes.length, 'change')}</span>${news} ${classes.map(badge).join(' ')}</summary>
${renderInner(branch, page, level)}
</details>`;
}

/** What is in a branch, in the order of the report: the dangerous first. */
function renderInner({ leaves, branches }: Branch, page: Page, level: number): string {
  const rank = (changes: readonly Change[]): number => Math.min(...changes.map((c) => page.ranks.get(c)!));
  const parts = [
    ...leaves.map((leaf) => ({ rank: rank([leaf.change]), html: () => renderChange(leaf, page) })),
    ...branches.map((branch) => ({ rank: rank(changesOf(branch)), html: () => renderBranch(branch, page, level + 1) })),
  ];
  return parts
    .sort((a, b) => a.rank - b.rank)
    .map(({ html }) => html())
    .join('\n');
}

function renderChange({ name, change }: Leaf, { ids, openAll }: Page): string {
  const classes = classesOf(change);
  const open = openAll && isLoud(change) ? ' open' : '';
  const about = [
    `<code>${escape(clean(change.address))}</code>`,
    ...(change.path ? [`at <code>${breakable(clean(change.path))}</code>`] : []),
  ];
  if (change.from !== undefined) about.push(`was <code>${escape(clean(change.from))}</code>`);
  const body = [`<p class="about">${about.join(' ')}</p>`];
  if (change.findings.length) {
    const items = change.findings.map(
      (f) => `<li>${badge(f.class)}${f.conditional ? ' <em>under a condition</em>' : ''} ${escape(clean(f.why))}</li>`,
    );
    body.push(`<ul class="findings" aria-label="What it means">${items.join('')}</ul>`);
  }
  if (change.advice)
    body.push(
      `<p class="advice"><strong>What avoids it:</strong> ${change.advice
        .split('\n')
        .map((l) => escape(clean(l)))
        .join('\n')}</p>`,
    );
  body.push(renderTable(change));
  return `<details class="change" id="${ids.get(change)}" data-classes="${classes.join(' ') || NONE}"${open}>
<summary><span class="badge action ${change.action}">${change.action}</span> <h4>${escape(name)}</h4> <code class="soft">${escape(clean(change.type))}</code> ${classes
    .filter((c) => c !== change.action)
    .map(badge)
    .join(' ')}</summary>
<div class="body">
${body.join('\n')}
</div>
</details>`;
}

// The roles are what the elements have by themselves; a phone shows rows as blocks, which would take them away.
function renderTable(change: Change): string {
  const rows = change.causes.length ? byWeight(change.causes).map(causeRow) : bodyRows(change);
  if (!rows.length) return '';
  const effects = rows.some((row) => row.effect);
  const head = ['Property', 'Before', 'After', ...(effects ? ['Effect'] : [])].map(
    (t) => `<th role="columnheader" scope="col" class="${t.toLowerCase()}">${t}</th>`,
  );
  const lines = rows.map(
    ({ path, before, after, effect }) =>
      `<tr role="row"><th role="rowheader" scope="row"><code>${breakable(clean(path))}</code></th>` +
      `<td role="cell" data-label="Before">${before}</td><td role="cell" data-label="After">${after}</td>` +
      `${effects ? `<td role="cell">${effect}</td>` : ''}</tr>`,
  );
  const table = `<table role="table"><caption class="quiet">Properties of ${escape(nameOf(change))}, before and after</caption>
<thead role="rowgroup"><tr role="row">${head.join('')}</tr></thead>
<tbody role="rowgroup">
${lines.join('\n')}
</tbody></table>`;
  // Nobody needs to read all of what is new or gone to see that it is.
  return change.causes.length
    ? table
    : `<details><summary>What ${change.action === 'add' ? 'is' : 'was'} declared</summary>\n${table}\n</details>`;
}

interface Row {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly effect: string;
}

function causeRow(cause: Cause): Row {
  const plain = [cause.before, cause.after].map(textOf);
  const neat = [cause.before, cause.after].map((v) => textOf(parsed(v)));
  // Not where only the spaces differ.
  const [was, is] = neat[0] === neat[1] ? plain : neat;
  const [before, after] = was === undefined || is === undefined ? [was, is] : focus(was, is, LONGEST_VALUE);
  const side = (text: string | undefined): string => (cause.sensitive ? HIDDEN : renderValue(text));
  const word = REPLACEMENT_WORD[cause.replacement];
  const effect = word && `<span class="badge ${cause.replacement === 'yes' ? 'replace' : 'unknown'}">${word}</span>`;
  return { path: cause.path, before: side(before), after: side(after), effect };
}

/** What is declared about a resource that is new or gone. */
function bodyRows({ before, after, action }: Change): Row[] {
  if (action !== 'add' && action !== 'remove') return [];
  const none = '<span class="soft absent">not there</span>';
  return linesOf((action === 'add' ? after : before) ?? {}).map(({ path, value }) => {
    const shown = value === HIDDEN ? HIDDEN : renderValue(textOf(value));
    return { path, before: action === 'add' ? none : shown, after: action === 'add' ? shown : none, effect: '' };
  });
}

/** A value as it would be written, over several lines. */
function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.split('\n').map(clean).join('\n');
}

/** What a string of JSON holds: policies, dashboards and workflows are written as such. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function renderValue(text: string | undefined): string {
  if (text === undefined) return '<span class="soft">not set</span>';
  const cut =
    text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}\n... ${plural(text.length - LONGEST_VALUE, 'more character')}` : text;
  return cut === '' ? '<span class="soft">empty</span>' : `<pre>${escape(cut)}</pre>`;
}

/** Whether a reviewer has to look at it. */
function isLoud(change: Change): boolean {
  return classesOf(change).some((c) => !QUIET.includes(c));
}

function badge(name: ChangeClass): string {
  return `<span class="badge ${name}">${name}</span>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** With places where a line may end: a path has no spaces. */
function breakable(text: string): string {
  return escape(text).replace(/[/.](?=.)/g, '$&<wbr>');
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
