import { Action, Change, ChangeClass, CLASSES, classesOf, Report } from '../model';
import { Verdict } from '../policy';
import {
  ACTION_MARK,
  ACTIONS,
  byWeight,
  clean,
  CLOUD_NAME,
  countsOf,
  groupBy,
  HIDDEN,
  isCosmetic,
  kindOf,
  linesOf,
  nameOf,
  plural,
  REPLACEMENT_WORD,
  show,
  sidesOf,
  thousands,
} from './values';

/** Colours of a terminal; picocolors has them. */
export type Paint = { readonly [c in 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan' | 'magenta']: (text: string) => string };

/** How a report is shown on a terminal. */
export interface TextOptions {
  readonly paint: Paint;
  /** Width of the screen in characters. */
  readonly columns: number;
  /** Shows every change, every property, and the values in full. */
  readonly verbose?: boolean;
}

const MOST_CAUSES = 6;
const MOST_HARMLESS = 3;
const LONGEST_PATH = 50;
const INDENT = 6;
const ACTION_WIDTH = Math.max(...ACTIONS.map((a) => a.length));

/** A report for a terminal: the dangerous first, what is cosmetic on one line a stack. */
export function renderText(report: Report, verdict: Verdict, options: TextOptions): string {
  const { bold, dim } = options.paint;
  const shown = options.verbose ? report.changes : report.changes.filter((c) => !isCosmetic(c));
  const groups = groupBy(shown, (c) => classesOf(c)[0]);
  const sections = [...CLASSES, undefined].flatMap((worst) => {
    const changes = groups.get(worst as ChangeClass);
    if (!changes) return [];
    const title = worst ? colorOf(worst, options)(bold(worst)) : bold('other changes');
    return [[`${title} ${dim(plural(changes.length, 'change'))}`, ...changes.map((c) => renderChange(c, options))].join('\n\n')];
  });
  const blocks = [
    heading(report, options),
    ...sections,
    ...foldCosmetic(report, options),
    summary(report, options),
    outcome(verdict, options),
  ];
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}

/** The last lines: whether it passes, and what to do where it does not. */
export function outcome({ failOn, failing, allowed, unused }: Verdict, { paint }: Pick<TextOptions, 'paint'>): string {
  const { bold, dim, green, red, yellow } = paint;
  const lines = unused.map((name) => `${yellow('note:')} no change is called ${clean(name)}, which --allow names`);
  if (allowed.length) lines.push(dim(`${plural(allowed.length, 'change')} let pass by name`));
  if (!failing.length)
    lines.push(`${green(bold('passes'))}: nothing in ${failOn.length ? failOn.join(', ') : 'any failing class, because there is none'}`);
  else {
    const classes = CLASSES.filter((c) => failing.some((f) => f.classes.includes(c)));
    lines.push(`${red(bold('fails'))}: ${plural(failing.length, 'change')} in ${classes.join(', ')}`);
    lines.push(
      dim(`What is meant can be let pass by name: --allow ${failing.map(({ change }) => change.path ?? change.address).map(clean)[0]}`),
    );
  }
  return lines.join('\n');
}

function heading({ stacks, changes }: Report, { paint: { bold, dim, yellow } }: TextOptions): string {
  const width = Math.max(0, ...stacks.map((s) => s.stack.length));
  const lines = stacks.map(({ cloud, stack, before, after }) => {
    const n = changes.filter((c) => c.cloud === cloud && c.stack === stack).length;
    const news = before && after ? '' : yellow(before ? '  the stack is gone' : '  the stack is new');
    return `${bold(clean(stack).padEnd(width))}  ${CLOUD_NAME[cloud].padEnd(12)}  ${dim(n ? plural(n, 'change') : 'no change')}${news}`;
  });
  return lines.join('\n');
}

function renderChange(change: Change, options: TextOptions): string {
  const { paint, columns, verbose } = options;
  const { bold, cyan, dim } = paint;
  const mark = paintAction(change.action, paint)(`${ACTION_MARK[change.action]} ${change.action.padEnd(ACTION_WIDTH)}`);
  const lines = [`  ${mark}  ${bold(nameOf(change))}`, `${' '.repeat(ACTION_WIDTH + INDENT)}${dim(kindOf(change).map(clean).join('  '))}`];
  const indent = ' '.repeat(INDENT);
  if (change.from !== undefined) lines.push(`${indent}was ${clean(change.from)}`);
  const width = Math.max(0, ...change.findings.map((f) => f.class.length));
  for (const { class: name, why, conditional } of change.findings) {
    const label = colorOf(name, options)(name.padEnd(width));
    lines.push(hang(`${indent}${label}  `, indent.length + width + 2, clean(why) + (conditional ? ' (under a condition)' : ''), columns));
  }
  lines.push(...renderCauses(change, options).map((line) => indent + line));
  if (verbose && !change.causes.length)
    for (const { path, value } of linesOf(change.after ?? change.before ?? {}))
      lines.push(`${indent}${clean(path)}  ${dim(value === HIDDEN ? HIDDEN : show(value, Infinity))}`);
  // A block to paste keeps its lines.
  const [advice, ...rest] = (change.advice ?? '').split('\n').map(clean);
  if (advice) lines.push(hang(`${indent}${cyan('->')} `, indent.length + 3, advice, columns), ...rest.map((l) => `${indent}   ${l}`));
  return lines.join('\n');
}

function renderCauses(change: Change, { paint: { dim, red, yellow }, columns, verbose }: TextOptions): string[] {
  const causes = byWeight(change.causes);
  const some = verbose ? causes : causes.slice(0, change.findings.length ? MOST_CAUSES : MOST_HARMLESS);
  const width = Math.max(0, ...some.map((c) => c.path.length).filter((n) => n <= LONGEST_PATH));
  const effects = Math.max(0, ...some.map((c) => REPLACEMENT_WORD[c.replacement].length + 2));
  const lines = some.map((cause) => {
    const path = clean(cause.path);
    // A path that is too long for its column has a line of its own.
    const start = path.length > width ? `${path}\n${' '.repeat(INDENT + 4)}` : `${path.padEnd(width)}  `;
    const used = INDENT + 4 + (path.length > width ? 0 : width) + effects;
    const each = verbose ? Infinity : Math.max(20, Math.floor((columns - used) / 2) - 2);
    const [before, after] = sidesOf(cause, each);
    const word = REPLACEMENT_WORD[cause.replacement];
    const effect = word && `  ${cause.replacement === 'yes' ? red(word) : yellow(word)}`;
    return `${start}${cause.sensitive ? HIDDEN : `${before} ${dim('->')} ${after}`}${effect}`;
  });
  if (some.length < causes.length) lines.push(dim(`and ${causes.length - some.length} more (--verbose)`));
  return lines;
}

function foldCosmetic({ changes }: Report, { verbose, paint: { bold, dim } }: TextOptions): string[] {
  const folded = groupBy(verbose ? [] : changes.filter(isCosmetic), (c) => c.stack);
  if (!folded.size) return [];
  const lines = [...folded].map(
    ([stack, of]) => `  ${clean(stack)}: ${plural(of.length, 'change')} of tags, descriptions, metadata or order`,
  );
  return [[`${bold('cosmetic')} ${dim('--verbose shows them')}`, ...lines].join('\n')];
}

function summary(report: Report, options: TextOptions): string {
  const { actions, classes } = countsOf(report);
  if (!report.changes.length) return 'Nothing changes.';
  const done = ACTIONS.filter((a) => actions[a]).map((a) => paintAction(a, options.paint)(`${thousands(actions[a])} to ${a}`));
  const meant = CLASSES.filter((c) => classes[c]).map((c) => colorOf(c, options)(`${thousands(classes[c])} ${c}`));
  return [done.join(', '), ...(meant.length ? [meant.join(', ')] : [])].join('\n');
}

/** A sentence over several lines, all after the first indented. */
function hang(first: string, indent: number, text: string, columns: number): string {
  const width = Math.max(40, Math.min(columns, 160) - indent);
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    if (line && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return first + lines.join(`\n${' '.repeat(indent)}`);
}

function colorOf(name: ChangeClass, { paint: { red, magenta, yellow, cyan, dim } }: TextOptions): (text: string) => string {
  const colors = { 'data-loss': red, replace: red, interrupt: yellow, access: magenta, unknown: yellow, capacity: cyan, cosmetic: dim };
  return colors[name];
}

function paintAction(action: Action, { red, green, yellow, cyan }: Paint): (text: string) => string {
  return { replace: red, remove: red, add: green, update: yellow, move: cyan }[action];
}
