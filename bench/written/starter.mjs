// The project that `cdk init` writes, with a stack of ours in it as somebody would write it by hand: the same files and settings,
// as the installed command line of CDK has them.
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { peer } from '../peers.mjs';
import { require, ROOT } from '../measure.mjs';

const TEMPLATE = join(dirname(require.resolve('aws-cdk/package.json')), 'lib/init-templates/app/typescript');
const own = (name) => join(ROOT, 'node_modules', name);
const COMMANDS = {
  cdk: own('aws-cdk/bin/cdk'),
  tsc: peer('typescript-of-starter/bin/tsc'),
  tsx: peer('tsx/dist/cli.mjs'),
  'ts-node': peer('ts-node/dist/bin.js'),
};
const PACKAGES = { 'aws-cdk-lib': own('aws-cdk-lib'), constructs: own('constructs'), '@types': own('@types'), tsx: peer('tsx') };

/**
 * @param folder of the project
 * @param program in TypeScript
 * @param context for the app
 * @returns the command that its cdk.json names for the app, and what ts-node, which it named before, wants to know
 */
export function starter(folder, program, context) {
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  for (const [name, file] of Object.entries(COMMANDS)) symlinkSync(file, join(folder, 'node_modules/.bin', name));
  for (const [name, path] of Object.entries(PACKAGES)) symlinkSync(path, join(folder, 'node_modules', name));
  copyFileSync(join(TEMPLATE, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'starter', version: '0.1.0' }));
  const { app } = JSON.parse(readFileSync(join(TEMPLATE, 'cdk.template.json'), 'utf8'));
  const command = app.replaceAll('%name%', 'app');
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: command, versionReporting: false, context }));
  writeFileSync(join(folder, 'bin/app.ts'), program);
  // The compiler of the starter has no interface for JavaScript that ts-node could use; ours asks for a root beside.
  const env = { TS_NODE_COMPILER: own('typescript'), TS_NODE_COMPILER_OPTIONS: '{"rootDir":"."}' };
  return { command, env: { ...env, CDK_CONTEXT_JSON: JSON.stringify(context) } };
}
