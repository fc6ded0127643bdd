// How long `mlops diff` takes to compare, and `mlops check` to judge, at 200 and 2,000 resources a platform, and how that grows.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeTemplate, changeTerraform, growTemplate, growTerraform } from '../grow.mjs';
import { app, EXAMPLE, figure, median, MLOPS, rounds, run, typical } from '../measure.mjs';

const SIZES = [200, 2000];
const LIMIT_MS = 1000;
const STACKS = {
  aws: 'cdk.out/housing-dev.template.json',
  azure: 'cdktf.out/stacks/housing-dev-azure/cdk.tf.json',
  gcp: 'cdktf.out/stacks/housing-dev-gcp/cdk.tf.json',
};

export function bench(work, pairs) {
  const folder = join(work, 'review');
  run({ args: [MLOPS, 'synth', EXAMPLE, '--out', folder] }, work);
  const programs = {};
  for (const [cloud, file] of Object.entries(STACKS)) {
    const stack = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const size of SIZES) {
      const [before, after] = ['before', 'after'].map((name) =>
        join(folder, `${cloud}-${size}-${name}.${cloud === 'aws' ? '' : 'tf.'}json`),
      );
      const grown = cloud === 'aws' ? growTemplate(stack, size) : growTerraform(stack, size);
      writeFileSync(before, JSON.stringify(grown));
      writeFileSync(after, JSON.stringify(cloud === 'aws' ? changeTemplate(grown) : changeTerraform(grown)));
      programs[`${cloud} compare ${size}`] = { args: [app('compare'), before, after] };
      programs[`${cloud} diff ${size}`] = { args: [MLOPS, 'diff', before, after], ok: [0, 1] };
      programs[`${cloud} check ${size}`] = { args: [MLOPS, 'check', whole(folder, cloud, stack, size)], ok: [0, 1] };
    }
  }
  const figures = rounds(programs, Math.max(3, Math.round(pairs / 3)), work);
  return Object.keys(STACKS).flatMap((cloud) => ofCloud(cloud, figures));
}

/** Whole copies, about as many as are asked for: cdk-nag reads no template in which a reference leads nowhere. */
function whole(folder, cloud, stack, size) {
  const { Outputs: _, ...rest } = stack;
  const one = cloud === 'aws' ? Object.keys(stack.Resources).length : size;
  const all = Math.round(size / one) * one;
  const file = join(folder, `${cloud}-${size}-whole.${cloud === 'aws' ? '' : 'tf.'}json`);
  writeFileSync(file, JSON.stringify(cloud === 'aws' ? growTemplate(rest, all) : growTerraform(stack, all)));
  return file;
}

function ofCloud(cloud, figures) {
  const [few, many] = SIZES;
  const compare = (size) => figures[`${cloud} compare ${size}`];
  return [
    ...SIZES.map((size) => {
      const [{ changes }] = compare(size);
      return figure(`${cloud}: compare ${size} resources`, typical(compare(size), 'compare'), 'ms', {
        goal: LIMIT_MS,
        note: `${changes} changes`,
      });
    }),
    figure(
      `${cloud}: compare, ${many / few} times the resources`,
      median(compare(many).map((f, i) => f.compare / compare(few)[i].compare)),
      'x',
    ),
    ...['diff', 'check'].flatMap((command) =>
      SIZES.map((size) => figure(`${cloud}: mlops ${command} of ${size} resources`, typical(figures[`${cloud} ${command} ${size}`]), 'ms')),
    ),
  ];
}
