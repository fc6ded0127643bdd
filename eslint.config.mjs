import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

// The import rule of CONTRIBUTING.md, as data: who may not import what.
const CLOUDS = ['aws', 'azure', 'gcp'];
const TIERS = [
  ['resource-group', 'member', 'logs', 'network', 'support'],
  ['storage', 'registry', 'tracking', 'feature-store'],
  ['training', 'inference', 'workbench'],
  ['pipeline', 'workflow', 'monitoring', 'feedback', 'cost'],
  ['platform', 'index'],
];
// A room may load its own library by deep paths only: a provider's barrel costs seconds.
const FORBIDDEN = {
  core: String.raw`^(aws-cdk-lib|cdktf|@cdktf|cdk-monitoring-constructs|cdk-nag)|(^|/)(aws|azure|gcp|review)(/|$)`,
  aws: String.raw`^(aws-cdk-lib$|cdktf|@cdktf)|(^|/)(azure|gcp|review)(/|$)`,
  azure: String.raw`^(aws-cdk-lib|cdk-monitoring-constructs|@cdktf/provider-google|@cdktf/provider-azurerm(/lib)?$)|(^|/)(aws|gcp|review)(/|$)`,
  gcp: String.raw`^(aws-cdk-lib|cdk-monitoring-constructs|@cdktf/provider-azurerm|@cdktf/provider-google(/lib)?$)|(^|/)(aws|azure|review)(/|$)`,
};
const rooms = Object.entries(FORBIDDEN).map(([room, regex]) => ({
  files: [`lib/${room}/**/*.ts`],
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message: `${room} imports core and the deep paths of its own library only` }] }] },
}));
const tiers = CLOUDS.flatMap((c) =>
  TIERS.slice(0, -1).flatMap((names, n) =>
    names.map((name) => ({
      target: [`./lib/${c}/${name}.ts`, `./lib/${c}/${name}`],
      from: TIERS.slice(n).flat().filter((o) => o !== name && !(n === 0)).concat(n === 0 ? TIERS.slice(1).flat() : []).flatMap((o) => [`./lib/${c}/${o}.ts`, `./lib/${c}/${o}`]),
      message: 'a capability imports the tiers below its own only; two of one tier meet through an interface in props',
    })),
  ),
);

export default tseslint.config(
  { ignores: ['**/*.js', '**/*.d.ts', 'node_modules', 'dist', 'cdk.out', 'cdktf.out', 'examples/housing', 'bin/dev'] },
  {
    files: ['lib/**/*.ts', 'bin/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts'],
    extends: [...tseslint.configs.recommended],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js'] } } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones: [...tiers, ...CLOUDS.map((c) => ({ target: ['./bin', './test', './examples', './lib/core', './lib/index.ts'], from: `./lib/${c}/private`, message: 'private/ is imported from its own room only' }))] }],
    },
  },
  ...rooms,
);
