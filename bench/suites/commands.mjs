// The cold start of each command, and of the package's root.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, difference, EXAMPLE, figure, MLOPS, ratio, rounds, run, typical } from '../measure.mjs';

const ROOT_GOAL_MS = 20;
const CLOUDS = ['aws', 'azure', 'gcp'];

export function bench(work, pairs) {
  const [before, after] = ['before', 'after'].map((name) => join(work, 'commands', name));
  const declaration = readFileSync(EXAMPLE, 'utf8');
  const changed = join(work, 'changed.yaml');
  // A reference, so that the copy needs no directory beside it.
  const without = declaration.replace(/image: \.\/(\w+)/g, 'image: ghcr.io/acme/$1:1.4');
  writeFileSync(changed, without.replace('memory: 2GiB', 'memory: 4GiB'));
  run({ args: [MLOPS, 'synth', EXAMPLE, '--out', before] }, work);
  run({ args: [MLOPS, 'synth', changed, '--out', after] }, work);
  const mlops = (...args) => ({ args: [MLOPS, ...args], ok: [0, 1] });
  const synth = (...targets) =>
    mlops('synth', EXAMPLE, '--out', join(work, targets[0] ?? 'three'), ...targets.flatMap((cloud) => ['--targets', cloud]));
  const { node, root, ...commands } = rounds(
    {
      node: { args: [app('nothing')] },
      root: { args: [app('root')] },
      'mlops --version': mlops('--version'),
      'mlops support': mlops('support'),
      'mlops validate': mlops('validate', EXAMPLE),
      'mlops synth': synth(),
      ...Object.fromEntries(CLOUDS.map((cloud) => [`mlops synth --targets ${cloud}`, synth(cloud)])),
      'mlops diff': mlops('diff', before, after),
      'mlops check': mlops('check', before),
    },
    pairs,
    work,
  );
  return [
    figure('node alone', typical(node), 'ms'),
    figure('the root import over node', difference(root, node), 'ms', { goal: ROOT_GOAL_MS }),
    figure('files of cloud libraries that the root import loads', typical(root, 'loaded'), 'files', { goal: 0 }),
    ...Object.entries(commands).map(([name, figures]) =>
      figure(name, typical(figures), 'ms', { note: `${ratio(figures, node).toFixed(1)} x node` }),
    ),
    ...CLOUDS.map((cloud) =>
      figure(
        `mlops synth, three clouds against ${cloud} alone`,
        ratio(commands['mlops synth'], commands[`mlops synth --targets ${cloud}`]),
        'x',
      ),
    ),
  ];
}
