import { isUtf8 } from 'buffer';
import { readFileSync } from 'fs';
import { dirname, resolve } from 'path';
import { Document, isAlias, isMap, isScalar, isSeq, LineCounter, Node, Pair, parseAllDocuments, ParsedNode, visit, YAMLMap } from 'yaml';
import { InputError, LocatedProblem } from './problems';

/** Where something stands in the file, and what stands there. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** Whether the path itself is there; else the place is its nearest ancestor's. */
  readonly found: boolean;
  /** The value as plain data. */
  readonly value?: unknown;
  /** A scalar's text, as it was typed. */
  readonly text?: string;
}

/** A file that cannot be read as a declaration, before any field is looked at. */
interface Fault {
  readonly code: string;
  readonly offset?: number;
  readonly path?: string;
  readonly value?: unknown;
  readonly reason: string;
  readonly instead: string;
}

const START = 'write name: and targets: at least; `npx mlops init` writes a file to start from';

/** A declaration's text, which remembers where everything stands. */
export class Source {
  /**
   * Reads a file.
   *
   * @throws InputError if it is missing, not text, not YAML, or not a map of fields
   */
  public static read(file: string, cwd: string): Source {
    const absolute = resolve(cwd, file);
    const fail = (reason: string, instead: string, line = 1, column = 1): never => {
      throw new InputError([{ file, line, column, path: '', code: 'missing', reason, instead, by: [] }]);
    };
    try {
      const bytes = readFileSync(absolute);
      const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
      const before = text.split('\uFFFD', 1)[0].split('\n');
      if (!isUtf8(bytes)) fail('the file is not text in UTF-8', 'save it as UTF-8', before.length, before[before.length - 1].length + 1);
      return new Source(file, dirname(absolute), text);
    } catch (e) {
      const code = (e as NodeJS.ErrnoException).code;
      if (code === 'ENOENT') return fail('there is no such file', 'name a declaration; `npx mlops init` writes one to start from');
      if (code === 'EISDIR') return fail('this is a directory', 'name the declaration in it, such as ml-platform.yaml');
      if (code === 'ELOOP') return fail('this is a link that leads back to itself', 'name the file that it should lead to');
      if (code === 'EACCES' || code === 'EPERM') return fail('the file may not be read', 'allow your user to read it');
      throw e;
    }
  }

  /** Keys that are written twice. */
  public readonly duplicates: readonly LocatedProblem[];
  /** The file's content as plain data; of a key that is written twice the last value. */
  public readonly data: { readonly [field: string]: unknown };

  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;

  private constructor(
    /** The file as the user names it. */
    public readonly file: string,
    /** Absolute path of the folder it is in, to which paths in it are relative. */
    public readonly folder: string,
    text: string,
  ) {
    const documents = parseAllDocuments(text, { lineCounter: this.lines, prettyErrors: false, uniqueKeys: false, merge: true });
    const faults: Fault[] = [];
    if ('empty' in documents || documents.length === 0) this.fail([{ code: 'syntax', reason: 'the file is empty', instead: START }]);
    const [document, second] = documents as Document.Parsed[];
    for (const problem of documents.flatMap((d) => [...d.errors, ...d.warnings]))
      if (problem.code !== 'MULTIPLE_DOCS')
        faults.push({
          code: 'syntax',
          offset: problem.pos[0],
          reason: `not YAML: ${decapitalize(problem.message.split('\n')[0])}`,
          instead: 'mend the text here, or in the lines just before',
        });
    if (faults.length) this.fail(faults);
    if (second)
      this.fail([
        {
          code: 'syntax',
          offset: second.range[0],
          reason: 'a second document begins here',
          instead: 'declare one platform per file: remove ---, and what follows it',
        },
      ]);
    this.document = document;
    const contents = document.contents as ParsedNode | null;
    if (contents === null || (isScalar(contents) && contents.value === null))
      this.fail([{ code: 'syntax', reason: 'the file is empty', instead: START }]);
    if (!isMap(contents)) {
      const what = isSeq(contents) ? 'a list' : 'text';
      this.fail([{ code: 'syntax', offset: contents?.range[0], reason: `the file holds ${what}, not fields`, instead: START }]);
    }
    visit(document, {
      Alias: (_, alias) => {
        if (!alias.resolve(document))
          faults.push({
            code: 'syntax',
            offset: alias.range?.[0],
            value: `*${alias.source}`,
            reason: `stands for &${alias.source}, which is nowhere before it`,
            instead: `write &${alias.source} before the value that is meant, or put the text in quotes`,
          });
      },
    });
    if (faults.length) this.fail(faults);
    try {
      this.data = document.toJS();
    } catch (e) {
      // Aliases that grow beyond all bounds.
      this.fail([{ code: 'syntax', reason: `not YAML: ${decapitalize((e as Error).message)}`, instead: 'write the values out' }]);
    }
    const doubles: Fault[] = [];
    this.findDuplicates(contents, [], doubles);
    this.duplicates = doubles.map((f) => this.problem(f));
  }

  /**
   * Where a path stands. A map or a list stands where its key does, anything else where the value does.
   *
   * @param path keys and indexes
   * @param prefer `key` to be shown the key in any case
   */
  public locate(path: readonly string[], prefer: 'key' | 'value' = 'value'): Place {
    let node = this.document.contents as Node | null;
    let at = node;
    let pair: Pair<Node, Node | null> | undefined;
    for (const step of path) {
      const inner = this.resolved(node);
      if (isMap(inner)) {
        pair = findPair(inner, step);
        if (!pair) return { ...this.position(at), found: false };
        node = pair.value;
        at = pair.key;
      } else if (isSeq(inner) && inner.items[Number(step)] !== undefined) {
        pair = undefined;
        node = inner.items[Number(step)] as Node;
        at = node;
      } else return { ...this.position(at), found: false };
    }
    const value = this.resolved(node);
    // A value without text (`memory:` and nothing behind it) stands where its key does.
    const shown = prefer === 'value' && node?.range && node.range[1] > node.range[0] && !(isMap(value) || isSeq(value)) ? node : at;
    const text = isScalar(value) ? value.source : undefined;
    return { ...this.position(shown), found: true, value: value?.toJS(this.document) ?? null, text };
  }

  /** Splits a dotted path where the file does, because a key may hold dots. */
  public split(path: string): string[] {
    const words = path.split('.').filter(Boolean);
    const steps: string[] = [];
    let node: Node | null = this.document.contents as Node | null;
    while (words.length) {
      const inner = this.resolved(node);
      let take = 1;
      if (isMap(inner)) for (let n = words.length; n > 1; n--) if (findPair(inner, words.slice(0, n).join('.'))) take = Math.max(take, n);
      const step = words.splice(0, take).join('.');
      steps.push(step);
      node = isMap(inner) ? (findPair(inner, step)?.value ?? null) : isSeq(inner) ? ((inner.items[Number(step)] as Node) ?? null) : null;
    }
    return steps;
  }

  private resolved(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.document) ?? null) : node;
  }
  private position(node: Node | null | undefined): { line: number; column: number } {
    return this.place(node?.range?.[0]);
  }
  private place(offset = 0): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
  private problem(f: Fault): LocatedProblem {
    return {
      file: this.file,
      ...this.place(f.offset),
      path: f.path ?? '',
      value: f.value,
      code: f.code,
      reason: f.reason,
      instead: f.instead,
      by: [],
    };
  }
  private fail(faults: readonly Fault[]): never {
    throw new InputError(faults.map((f) => this.problem(f)));
  }

  private findDuplicates(node: unknown, path: string[], found: Fault[]): void {
    if (isSeq(node)) node.items.forEach((item, i) => this.findDuplicates(item, [...path, String(i)], found));
    if (!isMap(node)) return;
    const first = new Map<string, Node>();
    for (const { key, value } of (node as YAMLMap<Node, Node>).items) {
      const name = keyName(key);
      const earlier = first.get(name);
      if (earlier && name !== '<<')
        found.push({
          code: 'syntax',
          offset: key.range?.[0],
          path: [...path, name].join('.'),
          value: this.resolved(value)?.toJS(this.document),
          reason: `written twice; first in line ${this.position(earlier).line}`,
          instead: 'keep one of the two',
        });
      else first.set(name, key);
      this.findDuplicates(value, [...path, name], found);
    }
  }
}

function findPair(map: YAMLMap, name: string): Pair<Node, Node | null> | undefined {
  // Of a key that is written twice the last counts, as it does in the data.
  return (map as YAMLMap<Node, Node | null>).items.findLast((pair) => keyName(pair.key) === name);
}
function keyName(key: unknown): string {
  return String(isScalar(key) ? (key.value ?? '') : key);
}
function decapitalize(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
