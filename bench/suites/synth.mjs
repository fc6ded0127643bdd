// One synthesis of the example on each cloud, against the same resources written by hand, and against the floors.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, exampleDeclaration, figure, ratio, rounds, run, typical, writeJson } from '../measure.mjs';
import { outputOf, written } from '../written/index.mjs';

const GOALS = {
  aws: { written: { goal: 1.15, stretch: 1.05 }, replay: { goal: 4.2 }, peak: 150 },
  azure: { written: { goal: 1.1, stretch: 0.85 }, replay: { goal: 1.75 }, peak: 130 },
  gcp: { written: { goal: 1.1, stretch: 0.85 }, replay: { goal: 1.75 }, peak: 130 },
};
const CLOUDS = Object.keys(GOALS);

export function bench(work, pairs) {
  return CLOUDS.flatMap((cloud) => ofCloud(cloud, work, pairs));
}

function ofCloud(cloud, work, pairs) {
  const declaration = exampleDeclaration();
  const file = writeJson(join(work, `${cloud}.json`), only(declaration, cloud));
  const stack = `${declaration.name}-${declaration.environment}${cloud === 'aws' ? '' : `-${cloud}`}`;
  const out = (name) => join(work, `${cloud}-${name}`);
  const made = out('reference');
  run({ args: [app('platform'), cloud, file, made] }, work);
  const hand = written(cloud, made, stack, { region: declaration.targets.aws.region, sources: {} }, work);
  const kit = cloud === 'aws' ? 'cdk' : 'cdktf';
  const programs = {
    ours: { args: [app('platform'), cloud, file, out('ours')] },
    written: { args: hand.args(out('written')) },
    replay: { args: [app(`replay-${kit}`), outputOf(cloud, made, stack), out('replay')] },
    empty: { args: [app(`empty-${kit}`), out('empty')] },
    ...(cloud === 'aws' ? { validated: { args: [app('platform'), cloud, file, out('validated')], env: { CDK_VALIDATION: '' } } } : {}),
  };
  const { ours, written: byHand, replay, empty, validated } = rounds(programs, pairs, work);
  return [
    figure(`${cloud}: an empty app`, typical(empty), 'ms'),
    figure(`${cloud}: the example`, typical(ours), 'ms', { note: `${count(cloud, outputOf(cloud, made, stack))} resources` }),
    figure(`${cloud}: the example, of this the libraries loading`, typical(ours, 'loaded'), 'ms'),
    figure(`${cloud}: the same written by hand`, typical(byHand), 'ms', { note: hand.note }),
    figure(`${cloud}: the same as an untyped replay`, typical(replay), 'ms'),
    figure(`${cloud}: the example against written by hand`, ratio(ours, byHand), 'x', GOALS[cloud].written),
    figure(`${cloud}: the example against the replay`, ratio(ours, replay), 'x', GOALS[cloud].replay),
    figure(`${cloud}: the example, peak memory`, typical(ours, 'peak') / 1024, 'MiB', { goal: GOALS[cloud].peak }),
    figure(`${cloud}: written by hand, peak memory`, typical(byHand, 'peak') / 1024, 'MiB'),
    ...(validated ? [figure(`${cloud}: the example, with CDK's validator against without`, ratio(validated, ours), 'x')] : []),
  ];
}

/** The declaration for one cloud. */
export function only(declaration, cloud) {
  return { ...declaration, targets: { [cloud]: declaration.targets[cloud] } };
}

export function count(cloud, file) {
  if (!existsSync(file)) return 0;
  const body = JSON.parse(readFileSync(file, 'utf8'));
  return cloud === 'aws'
    ? Object.keys(body.Resources).length
    : Object.values(body.resource ?? {}).reduce((n, blocks) => n + Object.keys(blocks).length, 0);
}
