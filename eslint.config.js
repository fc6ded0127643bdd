const importX = require('eslint-plugin-import-x');
const tseslint = require('typescript-eslint');

// The import rule of CONTRIBUTING.md, as data: who may not import what.
const CLOUDS = ['aws', 'azure', 'gcp'];
// Lowest first. The lowest holds what every capability stands on, and its files may import each other.
const TIERS = [
  ['resource-group', 'member', 'logs', 'network', 'support', 'policy-exceptions'],
  ['storage', 'registry', 'secret'],
  ['file-system', 'tracking', 'feature-store'],
  ['training', 'inference', 'models', 'workbench'],
  ['pipeline', 'workflow', 'monitoring', 'feedback', 'cost'],
  ['platform', 'stack', 'index'],
];
// A room may load its own library by deep paths only: a provider's barrel costs seconds.
const FORBIDDEN = {
  core: String.raw`^(aws-cdk-lib|cdktf|@cdktf|cdk-nag)|(^|/)(aws|azure|gcp|review|check)(/|$)`,
  check: String.raw`^(cdktf|@cdktf|constructs)|(^|/)core(/|$)|^(\.\./){2,}(aws|azure|gcp)(/|$)`,
  review: String.raw`^(aws-cdk-lib|cdktf|@cdktf|constructs|cdk-nag)|(^|/)core(/|$)|^(\.\./){2,}(aws|azure|gcp)(/|$)`,
  aws: String.raw`^(aws-cdk-lib$|cdktf|@cdktf)|(^|/)(azure|gcp|review|check)(/|$)`,
  azure: String.raw`^(aws-cdk-lib|@cdktf/provider-google|@cdktf/provider-azurerm(/lib)?$)|(^|/)(aws|gcp|review|check)(/|$)`,
  gcp: String.raw`^(aws-cdk-lib|@cdktf/provider-azurerm|@cdktf/provider-google(/lib)?$)|(^|/)(aws|azure|review|check)(/|$)`,
};
const pattern = (regex, message) => ({ regex, message });
const restrict = (files, ...patterns) => ({ files, rules: { 'no-restricted-imports': ['error', { patterns }] } });
const reader = (room) => `${room} imports no construct: it reads what was synthesized`;
const ofRoom = (room) =>
  pattern(FORBIDDEN[room], room === 'review' || room === 'check' ? reader(room) : `${room} imports core and the deep paths of its own library only`);
const rooms = Object.keys(FORBIDDEN).map((room) => restrict([`lib/${room}/**/*.ts`], ofRoom(room)));
// The review has folders of the clouds' names itself, one floor down.
const review = restrict(['lib/review/*.ts'], ofRoom('review'), pattern(String.raw`^\.\./(aws|azure|gcp)(/|$)`, reader('review')));
// The rules of AWS are cdk-nag's, which reads a template as constructs.
const nag = restrict(['lib/check/aws/**/*.ts'], pattern(String.raw`^(cdktf|@cdktf)|^(\.\./){3,}(aws|azure|gcp|core)(/|$)`, reader('check')));
const tiers = CLOUDS.flatMap((room) =>
  TIERS.slice(0, -1).flatMap((names, n) =>
    names.map((name) => {
      const above = TIERS.slice(n === 0 ? 1 : n)
        .flat()
        .filter((other) => other !== name && other !== 'index');
      const tier = pattern(`^\\.{1,2}/(${above.join('|')})(/|$)`, 'a capability imports the tiers below its own only; two of one tier meet through an interface in props');
      return restrict([`lib/${room}/${name}.ts`, `lib/${room}/${name}/**/*.ts`], ofRoom(room), tier);
    }),
  ),
);
const outside = restrict(
  ['bin/**/*.ts', 'examples/**/*.ts', 'test/{core,cli,contract,house,e2e}/**/*.ts'],
  pattern('lib/(core|aws|azure|gcp)/private', 'private/ is imported from its own room only'),
);

module.exports = tseslint.config(
  { ignores: ['**/*.js', '**/*.d.ts', 'node_modules', 'dist', 'cdk.out', 'cdktf.out', 'examples/housing', 'bin/dev'] },
  {
    files: ['lib/**/*.ts', 'bin/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts'],
    extends: [...tseslint.configs.recommended],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js'] } } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'import-x/no-cycle': 'error',
    },
  },
  ...rooms,
  review,
  nag,
  ...tiers,
  outside,
);
