// Against what users would pick instead: the app of the CDK starter for the same stack, and cdk-monitoring-constructs.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { app, exampleDeclaration, figure, MLOPS, ratio, require, rounds, run, skipped, typical, writeJson } from '../measure.mjs';
import { installPeers, peer } from '../peers.mjs';
import { writtenAws } from '../written/aws.mjs';
import { sameTemplate } from '../written/index.mjs';
import { starter } from '../written/starter.mjs';
import { only } from './synth.mjs';

// Nothing but the synthesis: no look for news, for an account, or for who may count the run.
const QUIET = { CDK_DISABLE_CLI_TELEMETRY: 'true', AWS_EC2_METADATA_DISABLED: 'true', npm_config_update_notifier: 'false' };

export function bench(work, pairs) {
  const why = installPeers();
  if (why)
    return ["the CDK starter's app for the same stack", 'cdk-monitoring-constructs for 20 functions'].map((what) => skipped(what, why));
  return [...ofStarter(work, pairs), ...ofFunctions(work, pairs)];
}

/** Everything that a user starts is counted, `npx` and compilers too. */
function ofStarter(work, pairs) {
  const declaration = only(exampleDeclaration(), 'aws');
  const stack = `${declaration.name}-${declaration.environment}`;
  const file = writeJson(join(work, 'peers.json'), declaration);
  const out = (name) => join(work, `peers-${name}`);
  run({ args: [app('platform'), 'aws', file, out('reference')] }, work);
  const project = join(work, 'starter');
  const { starter: program } = writtenAws(out('reference'), stack, declaration.targets.aws.region);
  const { command, env } = starter(project, program, require(app('context')));
  const theirs = (name, line) => ({ line, cwd: project, env: { ...env, ...QUIET, CDK_OUTDIR: out(name) } });
  const compiled = (to) => `node ${app('platform')} aws ${file} ${to}`;
  const programs = {
    compiled: { line: compiled(out('compiled')) },
    mlops: { line: `node ${MLOPS} synth ${file} --targets aws --out ${out('mlops')}` },
    now: theirs('now', command),
    before: theirs('before', 'npx ts-node --prefer-ts-exts bin/app.ts'),
    transpiled: theirs('transpiled', 'npx ts-node -T --prefer-ts-exts bin/app.ts'),
  };
  const figures = rounds(programs, pairs, work);
  for (const name of ['now', 'before', 'transpiled']) sameTemplate(out('reference'), out(name), stack);

  // Its command line takes an empty variable for a no.
  const whole = { cwd: project, env: { ...QUIET, CDK_VALIDATION: undefined } };
  const synth = (to) => `npx cdk synth --quiet --no-notices --output ${to}`;
  const cli = rounds(
    {
      ours: { line: `${synth(out('cli'))} --app "${compiled(out('cli'))}"`, ...whole },
      theirs: { line: synth(out('starter')), ...whole },
    },
    Math.max(3, Math.round(pairs / 3)),
    work,
  );
  sameTemplate(out('reference'), out('starter'), stack);
  const against = (name) => [
    figure(`an app of ours, compiled, against ${name.what}`, ratio(figures.compiled, figures[name.key]), 'x'),
    figure(`mlops synth against ${name.what}`, ratio(figures.mlops, figures[name.key]), 'x'),
  ];
  return [
    figure('an app of ours, compiled', typical(figures.compiled), 'ms'),
    figure('mlops synth of the same', typical(figures.mlops), 'ms'),
    figure("the CDK starter's app for the same stack", typical(figures.now), 'ms', { note: command }),
    figure("the starter's app under ts-node", typical(figures.before), 'ms', { note: 'ts-node with type check' }),
    figure("the starter's app under ts-node -T", typical(figures.transpiled), 'ms', { note: 'ts-node without type check' }),
    ...against({ key: 'now', what: "the starter's app" }),
    ...against({ key: 'before', what: "the starter's app under ts-node" }),
    ...against({ key: 'transpiled', what: "the starter's app under ts-node -T" }),
    figure('cdk synth of an app of ours', typical(cli.ours), 'ms', { note: "with CDK's validator" }),
    figure("cdk synth of the starter's app", typical(cli.theirs), 'ms', { note: "with CDK's validator" }),
    figure("cdk synth of an app of ours against the starter's", ratio(cli.ours, cli.theirs), 'x'),
  ];
}

function ofFunctions(work, pairs) {
  const out = (name) => join(work, `functions-${name}`);
  const { none, ours, theirs } = rounds(
    Object.fromEntries(
      Object.entries({ none: 'none', ours: 'ours', theirs: peer('cdk-monitoring-constructs') }).map(([name, watcher]) => [
        name,
        { args: [app('functions'), watcher, out(name)] },
      ]),
    ),
    pairs,
    work,
  );
  const kib = (name) => statSync(join(out(name), 'functions.template.json')).size / 1024;
  const note = '60 alarms and a dashboard';
  return [
    figure('20 functions that nobody watches', typical(none), 'ms'),
    figure('20 functions watched by aws.Monitoring', typical(ours), 'ms', { note }),
    figure('20 functions watched by cdk-monitoring-constructs', typical(theirs), 'ms', { note }),
    figure('aws.Monitoring against cdk-monitoring-constructs', ratio(ours, theirs), 'x'),
    figure('aws.Monitoring, peak memory', typical(ours, 'peak') / 1024, 'MiB'),
    figure('cdk-monitoring-constructs, peak memory', typical(theirs, 'peak') / 1024, 'MiB'),
    figure('aws.Monitoring, the template', kib('ours'), 'KiB', { note: `${kib('none').toFixed(1)} KiB of it the functions` }),
    figure('cdk-monitoring-constructs, the template', kib('theirs'), 'KiB'),
  ];
}
