import { Body, Change, Finding, Snapshot } from '../model';
import { asBody } from './values';

const READ = 'Fn::GetStackOutput';

/**
 * Adds to changes what they mean to stacks that read an output by `Fn::GetStackOutput`: CloudFormation resolves it when such a stack is
 * deployed, and tells nobody of another value. A stack that changes itself is deployed, and reads it anew.
 */
export function withReaders(changes: readonly Change[], after: readonly Snapshot[]): Change[] {
  const templates = after.filter(({ kind }) => kind === 'cloudformation');
  const readers = new Map<string, Set<string>>();
  for (const { stack, body } of templates)
    for (const { StackName, OutputName } of findAll(body, READ).map(asBody)) {
      const key = `${String(StackName)} ${String(OutputName)}`;
      readers.set(key, (readers.get(key) ?? new Set()).add(stack));
    }
  if (!readers.size) return [...changes];
  const deployed = new Set(changes.map(({ stack }) => stack));
  const of = (stack: string, output: string): string[] => [...(readers.get(`${stack} ${output}`) ?? [])].sort();
  const feeds = new Map(templates.map((template) => [template.stack, outputsByResource(template.body)]));
  return changes.map((change): Change => {
    const { stack, address, action, replacement } = change;
    const [, output] = /^Outputs\.(.*)$/.exec(address) ?? [];
    if (output !== undefined) return withOutput(change, of(stack, output), deployed);
    if (replacement !== 'yes' && replacement !== 'conditional') return change;
    const outputs = feeds.get(stack)?.get(address) ?? [];
    const late = [...new Set(outputs.flatMap((name) => of(stack, name)))].filter((reader) => !deployed.has(reader));
    const conditional = action !== 'replace';
    return late.length ? { ...change, findings: [...change.findings, { ...stale(late), ...(conditional && { conditional }) }] } : change;
  });
}

function withOutput(change: Change, readers: readonly string[], deployed: ReadonlySet<string>): Change {
  if (!readers.length) return change;
  const others = change.findings.filter((f) => f.class !== 'cosmetic');
  const late = readers.filter((reader) => !deployed.has(reader));
  const finding: Finding =
    change.action === 'remove'
      ? { class: 'interrupt', why: `${list(readers)} no value any more: their next deployment fails.` }
      : change.action === 'update' && late.length
        ? stale(late)
        : { class: 'cosmetic', why: `${list(readers)} its new value once they are deployed, too.` };
  return { ...change, findings: [...others, finding] };
}

function stale(stacks: readonly string[]): Finding {
  return {
    class: 'interrupt',
    why: `${list(stacks)} its former value until they are deployed anew, which cdk deploy does not do by itself: add --force.`,
  };
}

function list(stacks: readonly string[]): string {
  const shown = stacks.slice(0, 3).join(', ');
  return `Stacks that read it by ${READ} (${shown}${stacks.length > 3 ? ` and ${stacks.length - 3} more` : ''}) have`;
}

/** Names of the outputs that each resource feeds. */
function outputsByResource(template: Body): Map<string, string[]> {
  const feeds = new Map<string, string[]>();
  for (const [name, output] of Object.entries(asBody(template.Outputs))) {
    const { Value } = asBody(output);
    const ids = [
      ...findAll(Value, 'Ref'),
      ...findAll(Value, 'Fn::GetAtt').map((at) => (Array.isArray(at) ? at[0] : String(at).split('.')[0])),
    ];
    for (const id of new Set(ids.map(String))) feeds.set(id, [...(feeds.get(id) ?? []), name]);
  }
  return feeds;
}

/** What stands under a key, wherever it is. */
function findAll(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((v) => findAll(v, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([k, v]) => (k === key ? [v] : findAll(v, key)));
}
