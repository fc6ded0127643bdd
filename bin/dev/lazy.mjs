// Makes what the compiler wrote load another module when it is first used, as aws-cdk-lib does: a platform uses part of our files, and
// part of a cloud's library. All it changes are lines that the compiler writes in one way only, and each stays one line:
//
//     const core_1 = require("../core");          ->  let core_1$; const core_1 = () => (core_1$ ??= require("../core"));
//     class A extends core_1.B {}                 ->  class A extends core_1().B {}
//     __exportStar(require("./network"), exports);  ->  a getter for each name that network.js exports
//
// What is used while a file loads (a base class, a table) is loaded then, whatever its place. What is in this form already stays as it is,
// and so does `import * as`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** The import of a module, under a name that only the compiler gives. */
const IMPORT = /^(?:const|var) (\w+_\d+) = ((?:__importDefault\()?require\("[^"]+"\)\)?);$/;
/** `export * from`, and `export * as`. */
const STAR = /^__exportStar\(require\("([^"]+)"\), exports\);$/;
const NAMESPACE = /^exports\.(\w+) = __importStar\(require\("([^"]+)"\)\);$/;

/**
 * The names stand there as plain assignments, too: by those Node knows what an `import` may name. They are in a list because it would
 * pass over a name beside whose getter it cannot see.
 */
const getters = (names, path, value) =>
  `${names.map((name) => `exports.${name} = `).join('')}void 0; { let loaded; for (const name of ${JSON.stringify(names)}) ` +
  `Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => ${value(`(loaded ??= require("${path}"))`)} }); }`;

/** Rewrites a compiled file. */
export function makeLazy(file) {
  const before = readFileSync(file, 'utf8');
  const source = ts.createSourceFile(file, before, ts.ScriptTarget.Latest, true);
  const edits = [];
  const imported = new Set();
  for (const statement of source.statements) {
    const text = statement.getText();
    const edit = ofImport(text, imported) ?? ofStar(text, file, source) ?? ofNamespace(text);
    if (edit !== undefined) edits.push({ from: statement.getStart(), to: statement.end, edit });
  }
  const visit = (node) => {
    if (ts.isIdentifier(node) && imported.has(node.text)) {
      // `new a().B()` would make an `a`.
      const edit = isMade(node) ? `(${node.text}())` : `${node.text}()`;
      edits.push({ from: node.getStart(), to: node.end, edit });
    }
    if (!ts.isVariableDeclaration(node) || !imported.has(node.name.text)) ts.forEachChild(node, visit);
  };
  visit(source);
  let after = before;
  for (const { from, to, edit } of edits.sort((a, b) => b.from - a.from)) after = after.slice(0, from) + edit + after.slice(to);
  if (/^(__exportStar\(|exports\.\w+ = __importStar\()/m.test(after))
    throw new Error(`${file} is not as the compiler used to write it: it cannot be made lazy`);
  if (after !== before) writeFileSync(file, after);
}

/** Whether it is `a` of `new a.b()`. */
function isMade(node) {
  while (ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node) node = node.parent;
  return ts.isNewExpression(node.parent) && node.parent.expression === node;
}

function ofImport(text, imported) {
  const [, name, load] = IMPORT.exec(text) ?? [];
  if (name === undefined) return undefined;
  imported.add(name);
  return `let ${name}$; const ${name} = () => (${name}$ ??= ${load});`;
}

function ofStar(text, file, source) {
  const [, path] = STAR.exec(text) ?? [];
  if (path === undefined) return undefined;
  const own = ownNames(source);
  const names = namesOf(join(dirname(file), path)).filter((name) => !own.includes(name));
  return names.length ? getters(names, path, (module) => `${module}[name]`) : '';
}

function ofNamespace(text) {
  const [, name, path] = NAMESPACE.exec(text) ?? [];
  return name === undefined ? undefined : getters([name], path, (module) => module);
}

/** What a compiled module exports. */
function namesOf(path) {
  const file = existsSync(`${path}.js`) ? `${path}.js` : join(path, 'index.js');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const stars = source.statements.map((statement) => STAR.exec(statement.getText())?.[1]).filter((star) => star !== undefined);
  return [...new Set([...ownNames(source), ...stars.flatMap((star) => namesOf(join(dirname(file), star)))])];
}

/** All that `exports.name =` is said of. */
function ownNames(source) {
  const names = [];
  for (const statement of source.statements) {
    let node = ts.isExpressionStatement(statement) ? statement.expression : undefined;
    for (; node && ts.isBinaryExpression(node) && node.left.getText().startsWith('exports.'); node = node.right)
      names.push(node.left.name.text);
  }
  return names;
}
