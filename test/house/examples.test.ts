import { readFileSync } from 'fs';
import { join } from 'path';
import * as ts from 'typescript';
import { parse as parseYaml } from 'yaml';
import { checkFields } from '../../bin/cli/fields';

const ROOT = join(__dirname, '..', '..');
const ROOMS = ['aws', 'azure', 'gcp'];
const manifest = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')) as { types: { [fqn: string]: Documented } };

interface Documented {
  readonly name: string;
  readonly docs?: { readonly example?: string };
  readonly members?: Documented[];
  readonly properties?: Documented[];
  readonly methods?: Documented[];
}

interface Snippet {
  readonly from: string;
  readonly text: string;
}

function ofApi(): Snippet[] {
  return Object.entries(manifest.types).flatMap(([fqn, type]) =>
    [type, ...[type.members, type.properties, type.methods].flatMap((members) => members ?? [])]
      .filter(({ docs }) => docs?.example)
      .map((item) => ({ from: item === type ? fqn : `${fqn}.${item.name}`, text: item.docs!.example! })),
  );
}

function ofReadme(file: string, language: string): Snippet[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter((block) => block[1] === language)
    .map((block) => ({ from: `${file}:${text.slice(0, block.index).split('\n').length}`, text: block[2] }));
}

/** The cloud that a snippet is about: the one that it imports, else the one of its place, else none. */
function roomOf({ from, text }: Snippet): string | undefined {
  return ROOMS.find((room) => text.includes(`mlops-constructs/${room}'`)) ?? ROOMS.find((room) => from.match(`[./]${room}[./]`));
}

const parse = (text: string) => ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2023, true);

type Kind = 'import' | 'export' | 'declare';

/** The names that a file imports, hands on (`export * as`) or declares. */
function names(source: ts.SourceFile, kind: Kind): string[] {
  return source.statements.flatMap((s) => {
    if (ts.isVariableStatement(s)) return kind === 'declare' ? s.declarationList.declarations.map((d) => d.name.getText()) : [];
    const clause = kind === 'import' && ts.isImportDeclaration(s) && s.importClause?.namedBindings;
    const bound = clause || (kind === 'export' && ts.isExportDeclaration(s) && s.exportClause);
    if (!bound) return [];
    return 'elements' in bound ? bound.elements.map((e) => e.name.getText()) : [bound.name.getText()];
  });
}

const CORE = Object.keys(manifest.types)
  .map((fqn) => fqn.split('.').slice(1))
  .filter((path) => path.length === 1)
  .map(([name]) => name);
const PRELUDES = new Map(ROOMS.map((room) => [room, parse(readFileSync(join(__dirname, 'prelude', `${room}.ts`), 'utf8'))]));

/**
 * A snippet as a module: its imports, or those of its room if it has none; then, where they hide what the prelude
 * declares, its own `declare`s; then the rest in a function in which `this` is a stack.
 */
function wrap(snippet: Snippet): string {
  const source = parse(snippet.text);
  const room = roomOf(snippet);
  const own = names(source, 'import');
  const given = (prelude: ts.SourceFile) =>
    ['This', ...names(prelude, 'declare').filter((name) => !own.includes(name)), ...(own.length ? [] : names(prelude, 'export'))].join(
      ', ',
    );
  const isDeclare = (s: ts.Statement) => ts.canHaveModifiers(s) && ts.getModifiers(s)?.some((m) => m.kind === ts.SyntaxKind.DeclareKeyword);
  const text = (statements: ts.Statement[]) => statements.map((s) => s.getText()).join('\n');
  const imports = source.statements.filter((s) => ts.isImportDeclaration(s));
  const declares = source.statements.filter((s) => isDeclare(s));
  const rest = source.statements.filter((s) => !ts.isImportDeclaration(s) && !isDeclare(s));
  return [
    room ? `import { ${given(PRELUDES.get(room)!)} } from '../prelude/${room}';` : `type This = undefined;`,
    own.length ? text(imports) : `import { ${CORE.join(', ')} } from 'mlops-constructs';`,
    `export namespace Example {\n${text(declares)}\nexport function example(this: This) {\n${text(rest)}\n}\n}`,
  ].join('\n');
}

/** What TypeScript says about snippets, by where they are from: all in one program, against what the build left for users. */
function problems(snippets: Snippet[]): Map<string, string[]> {
  const files = new Map(snippets.map((snippet, n) => [join(__dirname, 'examples', `${n}.ts`), snippet]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.Node20,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    esModuleInterop: true,
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.fileExists = (file) =>
    files.has(file) || (!/\/lib\/(core|aws|azure|gcp|index).*(?<!\.d)\.ts$/.test(file.slice(ROOT.length)) && fileExists(file));
  host.readFile = (file) => (files.has(file) ? wrap(files.get(file)!) : readFile(file));
  host.getSourceFile = (file, target) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : ts.createSourceFile(file, text, target);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  const found = (file: string) => {
    const source = program.getSourceFile(file);
    const all = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return all.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  };
  return new Map([...files].map(([file, { from }]) => [from, found(file)]));
}

const readmes = ['README.md', ...ROOMS.map((room) => `lib/${room}/README.md`)];
const snippets = [...ofApi(), ...readmes.flatMap((file) => ofReadme(file, 'ts'))];
const declarations = readmes.flatMap((file) => ofReadme(file, 'yaml'));

describe('every example compiles', () => {
  const broken: Snippet = { from: 'lib/aws/README.md:0', text: "new aws.ImageRegistry(this, 'Images', { imagesKept: 'ten' });\nvpc.name;" };
  const found = problems([...snippets, broken]);

  test('a broken one is noticed', () => {
    expect(found.get(broken.from)).toEqual([
      "Type 'string' is not assignable to type 'number'.",
      "Property 'name' does not exist on type 'IVpc'.",
    ]);
  });

  test('they are all found', () => {
    expect(snippets.length).toBeGreaterThan(35);
    expect(new Set(snippets.map(({ from }) => from)).size).toBe(snippets.length);
  });

  test.each(snippets.map(({ from }) => from))('%s', (from) => {
    expect(found.get(from)).toEqual([]);
  });
});

test('the README shows a whole declaration', () => {
  expect(Object.keys(parseYaml(declarations[0].text))).toEqual(expect.arrayContaining(['name', 'targets', 'training', 'inference']));
});

test.each(declarations)('what $from declares fits the schema', ({ text }) => {
  const declaration = { name: 'fragment', targets: { aws: { region: 'eu-west-1' } }, ...parseYaml(text) };
  expect(checkFields(declaration, () => ({ line: 1, column: 1, found: false }))).toEqual([]);
});
