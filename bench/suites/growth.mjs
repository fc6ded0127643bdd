// How one platform grows with its services: time and memory for each further resource, and whether that stays the same.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, figure, median, rounds, writeJson } from '../measure.mjs';
import { outputOf } from '../written/index.mjs';
import { count } from './synth.mjs';

const SIZES = [10, 50, 100, 200, 400];
const GOALS = { aws: { time: 0.8, memory: 35 }, azure: { time: 0.5, memory: 30 }, gcp: { time: 0.5, memory: 30 } };
const EXPONENT = 1.1;
const TARGETS = {
  // CloudFormation takes 500 resources in a stack, some 15 services.
  aws: { region: 'eu-west-1', stacks: 'per-entry' },
  azure: { location: 'westeurope', subscriptionId: '00000000-0000-0000-0000-000000000000' },
  gcp: { project: 'acme-ml-dev', region: 'europe-west4' },
};
const REGISTRIES = {
  aws: '111122223333.dkr.ecr.eu-west-1.amazonaws.com',
  azure: 'ghcr.io/acme',
  gcp: 'europe-west4-docker.pkg.dev/acme-ml-dev/images',
};

export function bench(work, pairs) {
  return Object.keys(GOALS).flatMap((cloud) => ofCloud(cloud, work, Math.max(3, Math.round(pairs / 3))));
}

/** A platform of services that do not know each other. */
function declaration(cloud, size) {
  const service = { image: `${REGISTRIES[cloud]}/predict:1.4`, memory: '1GiB', scaling: { min: 0, max: 10 } };
  return {
    name: 'growth',
    environment: 'dev',
    targets: { [cloud]: TARGETS[cloud] },
    inference: Object.fromEntries(Array.from({ length: size }, (_, i) => [`s${i}`, service])),
    monitoring: { notify: { email: 'ml-oncall@example.com' } },
  };
}

/** Resources of all stacks. */
function countAll(cloud, folder) {
  if (cloud !== 'aws') return count(cloud, outputOf(cloud, folder, `growth-dev-${cloud}`));
  const templates = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
  return templates.reduce((n, name) => n + count(cloud, join(folder, name)), 0);
}

function ofCloud(cloud, work, times) {
  const programs = Object.fromEntries(
    SIZES.map((size) => {
      const file = writeJson(join(work, `growth-${cloud}-${size}.json`), declaration(cloud, size));
      return [size, { args: [app('platform'), cloud, file, join(work, `growth-${cloud}-${size}`)] }];
    }),
  );
  const figures = rounds(programs, times, work, false);
  const resources = Object.fromEntries(SIZES.map((size) => [size, countAll(cloud, join(work, `growth-${cloud}-${size}`))]));
  const own = (size, i) => figures[size][i].user - figures[size][i].loaded;
  const each = (of) => median(Array.from({ length: times }, (_, i) => of(i)));
  const [from, to] = [100, 400];
  const further = resources[to] - resources[from];
  return [
    ...SIZES.map((size) =>
      figure(
        `${cloud}: ${size} services`,
        each((i) => own(size, i)),
        'ms',
        {
          note: `${resources[size]} resources, ${Math.round(each((i) => figures[size][i].peak) / 1024)} MiB; without loading the library`,
        },
      ),
    ),
    figure(
      `${cloud}: growth from ${from} to ${to} services`,
      each((i) => Math.log(own(to, i) / own(from, i)) / Math.log(resources[to] / resources[from])),
      'exponent',
      {
        goal: EXPONENT,
      },
    ),
    figure(
      `${cloud}: each further resource`,
      each((i) => (own(to, i) - own(from, i)) / further),
      'ms/resource',
      { goal: GOALS[cloud].time },
    ),
    figure(
      `${cloud}: each further resource, peak memory`,
      each((i) => (figures[to][i].peak - figures[from][i].peak) / further),
      'KiB/resource',
      {
        goal: GOALS[cloud].memory,
      },
    ),
  ];
}
