// Programs as somebody would write them by hand for what a platform of ours makes, each proved to make the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { app, run } from '../measure.mjs';
import { writtenAws } from './aws.mjs';
import { differences, withoutNote, writtenTerraform } from './terraform.mjs';

/** Where a cloud's output is. */
export const outputOf = (cloud, folder, stack) =>
  cloud === 'aws' ? join(folder, `${stack}.template.json`) : join(folder, 'stacks', stack, 'cdk.tf.json');

/**
 * @param folder where the cloud's platform was synthesized
 * @param work where to write the program
 * @returns the program, and how far it is typed
 * @throws Error if it makes anything else
 */
export function written(cloud, folder, stack, { region, sources }, work) {
  return cloud === 'aws' ? ofTemplate(folder, stack, region, sources, work) : ofTerraform(cloud, folder, stack, work);
}

function ofTemplate(folder, stack, region, sources, work) {
  const { program, typed, total } = writtenAws(folder, stack, region, sources);
  const file = join(work, 'written-aws.cjs');
  writeFileSync(file, program);
  const out = join(work, 'written-aws.out');
  run({ args: [file, out, app('context')] }, work);
  sameTemplate(folder, out, stack);
  return { args: (to) => [file, to, app('context')], note: `${typed} of ${total} resources typed` };
}

/** @throws Error if what was written by hand makes another template than the platform in `folder` */
export function sameTemplate(folder, out, stack) {
  const [wanted, got] = [folder, out].map((f) => withoutMetadata(readJson(outputOf('aws', f, stack))));
  for (const part of new Set([...Object.keys(wanted), ...Object.keys(got)]))
    for (const id of new Set([...Object.keys(wanted[part] ?? {}), ...Object.keys(got[part] ?? {})]))
      if (!isDeepStrictEqual(wanted[part]?.[id], got[part]?.[id]))
        throw new Error(`the hand-written ${id} is another:\n${JSON.stringify(wanted[part]?.[id])}\n${JSON.stringify(got[part]?.[id])}`);
}

/** What the classes of a provider cannot say the same way is set by `addOverride`, as a person would have to. */
function ofTerraform(cloud, folder, stack, work) {
  const file = join(work, `written-${cloud}.cjs`);
  const wanted = withoutNote(readJson(outputOf(cloud, folder, stack)));
  const make = (untyped) => {
    writeFileSync(file, writtenTerraform(outputOf(cloud, folder, stack), stack, untyped));
    const out = join(work, `written-${cloud}.out`);
    run({ args: [file, out] }, work);
    return differences(wanted, withoutNote(readJson(outputOf(cloud, out, stack))));
  };
  const untyped = make({});
  const left = make(untyped);
  if (Object.keys(left).length) throw new Error(`the hand-written stack is another: ${JSON.stringify(left)}`);
  const total = Object.values(wanted.resource).reduce((n, blocks) => n + Object.keys(blocks).length, 0);
  const fields = Object.entries(untyped).map(([address, keys]) => `${address.split('.')[0]}.${keys.join(',')}`);
  return {
    args: (to) => [file, to],
    note: `${total} resources typed${fields.length ? `, but for ${[...new Set(fields)].join(' ')}` : ''}`,
  };
}

/** What a resource waits for is a set, which CDK sorts by the paths of constructs. */
function withoutMetadata({ Resources, ...rest }) {
  const bare = ({ Metadata: _, DependsOn = [], ...resource }) => ({ ...resource, DependsOn: [DependsOn].flat().sort() });
  return { ...rest, Resources: Object.fromEntries(Object.entries(Resources).map(([id, resource]) => [id, bare(resource)])) };
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
