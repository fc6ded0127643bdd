import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { CloudName } from '../../lib/core/catalogue';
import { diff, DiffOptions } from './diff';
import { init } from './init';
import { Io } from './io';
import { manifest, SetupError } from './peers';
import { CLOUDS } from './platforms';
import { policies, PoliciesOptions } from './policies';
import { InputError, renderAll } from './problems';
import { Progress } from './progress';
import type * as reporting from './report';
import { renderSupport, supportData, supportMarkdown } from './support';
import type * as synthesis from './synth';
import type { Report, SynthOptions } from './synth';

/** What a run of the command line ends with. */
export enum Exit {
  OK = 0,
  /** An error of this program; of `mlops diff` and `mlops check`, that what was judged does not pass. */
  UNEXPECTED = 1,
  BAD_INPUT = 2,
}

/** Options that decide how the end of a run is shown. */
interface Settings {
  readonly json?: boolean;
  readonly debug?: boolean;
}

const DEFAULT_FILE = 'ml-platform.yaml';

/** Runs one command line; hands back the exit code. */
export async function main(args: readonly string[], io: Io): Promise<Exit> {
  let settings: Settings = {};
  const progress = new Progress(io);
  let passes = true;
  const program = commands(io, progress, (verdict) => (passes = verdict)).hook('preAction', (_, command) => {
    settings = command.optsWithGlobals();
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return passes ? Exit.OK : Exit.UNEXPECTED;
  } catch (e) {
    progress.done();
    if (e instanceof CommanderError) return e.exitCode === 0 ? Exit.OK : Exit.BAD_INPUT;
    if (e instanceof InputError) {
      if (settings.json) io.out(`${JSON.stringify({ problems: e.problems }, null, 2)}\n`);
      else io.err(renderAll(e.problems, io.errColors));
      return Exit.BAD_INPUT;
    }
    const { red } = io.errColors;
    if (e instanceof SetupError) {
      const where = settings.debug && e.cause instanceof Error ? `\n${e.cause.stack}` : '';
      io.err(`${red('error:')} ${e.message}${where}\n`);
      return e.exitCode;
    }
    const { message, stack } = e instanceof Error ? e : new Error(String(e));
    io.err(`${red('error:')} ${settings.debug ? stack : `${message}\nRun again with --debug to see where.`}\n`);
    return Exit.UNEXPECTED;
  }
}

function commands(io: Io, progress: Progress, judged: (passes: boolean) => void): Command {
  const program = new Command('mlops')
    .description('One declaration, three clouds: CloudFormation for AWS, Terraform for Azure and Google Cloud.')
    .version(manifest().version)
    .option('--debug', 'show where an unexpected error came from')
    .exitOverride()
    .showHelpAfterError('(see --help)')
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: () => io.columns, getErrHelpWidth: () => io.columns });

  const onDeclaration = (
    name: string,
    run: (file: string, options: SynthOptions, io: Io, progress: Progress) => Promise<Report>,
    render: (report: Report) => string,
  ): Command =>
    program
      .command(name)
      .argument('[file]', 'the declaration', DEFAULT_FILE)
      .option('--targets <clouds>', `clouds to do it for, of ${CLOUDS.join(',')} (default: all that are declared)`, parseTargets)
      .option('--json', 'print data for machines')
      .action(async (file: string, options: SynthOptions & Settings) => {
        const report = await run(file, options, io, progress);
        progress.done();
        io.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : render(report));
      });

  onDeclaration(
    'synth',
    (...args) => synthesizer().synth(...args),
    (r) => reporter().renderSynth(r, io.outColors, io.columns),
  )
    .description('write cdk.out, cdktf.out and parity.json; all of it, or nothing')
    .option('--out <dir>', 'folder to write into', '.')
    .addHelpText('after', "\nCDK_VALIDATION=false skips CDK's own validator of the template, which takes most of the time.");
  onDeclaration(
    'validate',
    (...args) => synthesizer().validate(...args),
    (r) => reporter().renderValid(r, io.outColors, io.columns),
  ).description('find every problem on every cloud, and write nothing');

  program
    .command('diff')
    .description('say what a change does to what is deployed, without credentials')
    .argument('[revisions...]', 'BEFORE and AFTER: folders of mlops synth, cdk.out, cdktf.out, a template, a cdk.tf.json')
    .option('--base <ref>', 'compare a declaration with itself at a git revision; then name the declaration only')
    .option('--format <format>', 'text, markdown, json or html (default: text)')
    .option('--output <file>', 'write into a file')
    .option('--fail-on <classes>', 'classes that fail, or none (default: data-loss,replace,access,unknown)', parseList)
    .option('--allow <names>', 'addresses or construct paths to let pass', parseMore)
    .option('--plan <file>', 'what terraform show -json says of the same change; once for each stack', parseMore)
    .option('--verbose', 'show every change, property and value')
    .addHelpText('after', '\nEnds with 0 if nothing is in a failing class, with 1 if something is, with 2 if it could not compare.')
    .action(async (revisions: string[], options: DiffOptions) => judged(await diff(revisions, options, io, progress)));

  program
    .command('check')
    .description('judge what was synthesized by policies: cdk-nag for AWS, rules of our own for Azure and Google Cloud')
    .argument('<stacks...>', 'folders of mlops synth, cdk.out, cdktf.out, templates, cdk.tf.json')
    .option('--format <format>', 'text, json, sarif or markdown (default: text)')
    .option('--output <file>', 'write into a file')
    .option('--fail-on <severity>', 'the least severity that fails: low, medium, high, or none (default: low)')
    .option('--verbose', 'show what is acknowledged, or known to the deployment only, too')
    .addHelpText('after', '\nEnds with 0 if nothing is open at that severity, with 1 if something is, with 2 if it could not check.')
    .action(async (stacks: string[], options: PoliciesOptions) => judged(await policies(stacks, options, io, progress)));

  program
    .command('init')
    .description('write a commented declaration to start from')
    .argument('[file]', 'the file to write', DEFAULT_FILE)
    .action((file: string) => {
      init(file, io.cwd);
      io.out(`${file} is written. Edit it, then run: npx mlops validate ${file}\n`);
    });

  program
    .command('support')
    .description('show what each cloud serves, and why not')
    .option('--json', 'print data for machines')
    .option('--markdown', 'print it as docs/support.md has it')
    .action((options: { json?: boolean; markdown?: boolean }) => {
      if (options.json) io.out(`${JSON.stringify(supportData(), null, 2)}\n`);
      else io.out(options.markdown ? supportMarkdown() : renderSupport(io.outColors, io.columns));
    });

  return program;
}

// The readers of YAML and of the schema come with them, which the other commands do not need.
/* eslint-disable @typescript-eslint/no-require-imports */
const synthesizer = (): typeof synthesis => require('./synth');
const reporter = (): typeof reporting => require('./report');
/* eslint-enable @typescript-eslint/no-require-imports */

function parseTargets(text: string): CloudName[] {
  const words = parseList(text);
  const unknown = words.filter((w) => !CLOUDS.includes(w as CloudName));
  if (unknown.length || !words.length) throw new InvalidArgumentError(`Write some of ${CLOUDS.join(', ')}, with commas between them.`);
  return words as CloudName[];
}

function parseList(text: string): string[] {
  return text
    .split(',')
    .map((w) => w.trim())
    .filter(Boolean);
}

function parseMore(text: string, before: readonly string[] = []): string[] {
  return [...before, ...parseList(text)];
}
