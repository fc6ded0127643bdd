// The program that somebody would write by hand for a template: the typed L1 classes of aws-cdk-lib, referring to each other.
// CDK's own reader of templates says how each class names its props.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { require } from '../measure.mjs';
import { Code, Imports, inOrder, literal, text } from './code.mjs';

const CDK = dirname(require.resolve('aws-cdk-lib/package.json'));
const CLASSES = JSON.parse(readFileSync(join(CDK, 'cloudformation-include/cfn-types-2-classes.json'), 'utf8'));
const PSEUDO = {
  'AWS::AccountId': 'ACCOUNT_ID',
  'AWS::NoValue': 'NO_VALUE',
  'AWS::Partition': 'PARTITION',
  'AWS::Region': 'REGION',
  'AWS::StackId': 'STACK_ID',
  'AWS::StackName': 'STACK_NAME',
  'AWS::URLSuffix': 'URL_SUFFIX',
};
const POLICY = { Delete: 'DELETE', Retain: 'RETAIN', Snapshot: 'SNAPSHOT', RetainExceptOnCreate: 'RETAIN_EXCEPT_ON_CREATE' };

/**
 * @param assembly folder of a synthesized app
 * @param stackName its stack
 * @param region where the stack is
 * @param sources of each asset, by what its source in the assembly is called: the folder to take it from
 * @returns a program that takes the folder to write into and its context, the same as an app of the CDK starter, which the command line
 *   of CDK tells both; and how many of the resources have a class
 */
export function writtenAws(assembly, stackName, region, sources = {}) {
  const template = JSON.parse(readFileSync(join(assembly, `${stackName}.template.json`), 'utf8'));
  const assets = JSON.parse(readFileSync(join(assembly, `${stackName}.assets.json`), 'utf8'));
  const writer = new Writer(template);
  const imports = new Imports();
  const cdk = imports.of('aws-cdk-lib/core');
  const body = [];
  for (const [hash, { source }] of Object.entries({ ...assets.files, ...assets.dockerImages })) {
    const path = source.path ?? source.directory;
    if (path === `${stackName}.template.json`) continue;
    body.push(
      `const a${hash} = new ${cdk}.AssetStaging(stack, 'a${hash}', { sourcePath: ${JSON.stringify(sources[path] ?? join(assembly, path))} });`,
      source.directory
        ? `stack.synthesizer.addDockerImageAsset({ sourceHash: '${hash}', directoryName: a${hash}.relativeStagedPath(stack), platform: ${JSON.stringify(source.platform)} });`
        : `stack.synthesizer.addFileAsset({ sourceHash: '${hash}', fileName: a${hash}.relativeStagedPath(stack), packaging: ${cdk}.FileAssetPackaging.ZIP_DIRECTORY });`,
    );
  }
  let typed = 0;
  for (const id of writer.ordered()) {
    const resource = template.Resources[id];
    const made = writer.resource(id, resource, cdk, imports);
    if (made.typed) typed++;
    body.push(...made.lines);
  }
  for (const [id, { Value, Description, Export }] of Object.entries(template.Outputs ?? {}))
    body.push(
      `new ${cdk}.CfnOutput(stack, ${literal(id)}, ${literal({ value: writer.string(Value, cdk), description: Description, exportName: Export?.Name })});`,
    );
  body.unshift(
    `const stack = new ${cdk}.Stack(app, ${literal(stackName)}, ${literal({ env: { region }, description: template.Description })});`,
  );
  const program = `${imports}
const app = new ${cdk}.App({ outdir: process.argv[2], context: require(process.argv[3]), autoSynth: false });
${body.join('\n')}
app.synth();
`;
  const starter = `${imports.typed()}\nconst app = new ${cdk}.App();\n${body.join('\n')}\n`;
  return { program, starter, typed, total: Object.keys(template.Resources).length };
}

class Writer {
  #template;
  #marks = [];
  #stack;
  #made = new Map();

  constructor(template) {
    this.#template = template;
    this.#stack = new (require('aws-cdk-lib/core').Stack)();
  }

  ordered() {
    const { Resources } = this.#template;
    return inOrder(Object.keys(Resources), (id) => [...references(Resources[id])]);
  }

  resource(id, { Type, Properties = {}, DependsOn = [], Metadata: _, ...rest }, cdk, imports) {
    const marked = this.#mark(Properties, cdk);
    const [module, name] = splitLast(CLASSES[Type]);
    const lines = [];
    if (name) {
      const parser = { parseValue: (value) => value, handleAttributes: () => undefined };
      const made = require(module)[name]._fromCloudFormation(this.#stack, id, { Type, Properties: marked }, { parser });
      this.#made.set(id, made);
      lines.push(`const r${id} = new ${imports.of(module)}.${name}(stack, '${id}', ${literal(this.#code(made._cfnProperties))});`);
      for (const [key, value] of Object.entries(made.rawOverrides.Properties ?? {}))
        lines.push(`r${id}.addPropertyOverride('${key}', ${literal(this.#code(value))});`);
    } else lines.push(`const r${id} = new ${cdk}.CfnResource(stack, '${id}', ${literal({ type: Type, properties: this.#code(marked) })});`);
    for (const other of [DependsOn].flat()) lines.push(`r${id}.addResourceDependency(r${other});`);
    for (const [key, value] of Object.entries(rest)) {
      const option = key[0].toLowerCase() + key.slice(1);
      if (/^(Deletion|UpdateReplace)Policy$/.test(key))
        lines.push(`r${id}.cfnOptions.${option} = ${cdk}.CfnDeletionPolicy.${POLICY[value]};`);
      else lines.push(`r${id}.addOverride('${key}', ${literal(value)});`);
    }
    return { lines, typed: name !== undefined };
  }

  string(value, cdk) {
    return this.#code(this.#mark(value, cdk));
  }

  /** CDK reads a template whose functions are replaced by marks: objects that it takes for tokens, each of which stands for code. */
  #mark(value, cdk) {
    if (Array.isArray(value)) return value.map((v) => this.#mark(v, cdk));
    if (value === null || typeof value !== 'object') return value;
    const [key, ...others] = Object.keys(value);
    if (others.length === 0 && /^(Ref|Fn::\w+)$/.test(key)) {
      const number = this.#marks.push(this.#function(key, value[key], cdk)) - 1;
      return { mark: number, resolve: () => undefined, creationStack: [], toString: () => `\u0001${number}\u0001` };
    }
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, this.#mark(v, cdk)]));
  }

  #function(key, value, cdk) {
    const argument = (v) => literal(this.#code(this.#mark(v, cdk)));
    if (key === 'Ref') return new Code(PSEUDO[value] ? `${cdk}.Aws.${PSEUDO[value]}` : `r${value}.ref`);
    if (key === 'Fn::GetAtt') {
      const [id, attribute] = Array.isArray(value) ? value : splitFirst(value);
      const property = `attr${attribute.replace(/\./g, '')}`;
      const known = this.#made.get(id);
      return new Code(known && property in known ? `r${id}.${property}` : `r${id}.getAtt('${attribute}').toString()`);
    }
    if (key === 'Fn::Join' && value[0] === '') return text(value[1].flatMap((v) => this.#parts(this.#mark(v, cdk))));
    if (key === 'Fn::Sub' && typeof value === 'string') return new Code(`${cdk}.Fn.sub(${argument(value)})`);
    if (key === 'Fn::GetAZs') return new Code(`${cdk}.Fn.getAzs(${value === '' ? '' : argument(value)})`);
    if (['Fn::Join', 'Fn::Select', 'Fn::Split'].includes(key))
      return new Code(
        `${cdk}.Fn.${key.slice(4).toLowerCase()}(${(key === 'Fn::Select' ? [Number(value[0]), value[1]] : value).map(argument).join(', ')})`,
      );
    throw new Error(`${key} is not known to the bench`);
  }

  #parts(value) {
    if (value?.mark !== undefined) return [this.#marks[value.mark]];
    return String(value)
      .split(/\u0001(\d+)\u0001/)
      .map((part, i) => (i % 2 ? this.#marks[part] : part));
  }

  #code(value) {
    if (typeof value === 'string') return text(this.#parts(value));
    if (Array.isArray(value)) return value.map((v) => this.#code(v));
    if (value === null || typeof value !== 'object') return value;
    if (value.mark !== undefined) return this.#marks[value.mark];
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, this.#code(v)]));
  }
}

function* references(value) {
  if (value === null || typeof value !== 'object') return;
  if (typeof value.Ref === 'string') yield value.Ref;
  if (value['Fn::GetAtt']) yield [value['Fn::GetAtt']].flat()[0].split('.')[0];
  if (value.DependsOn) yield* [value.DependsOn].flat();
  for (const inner of Object.values(value)) yield* references(inner);
}

function splitLast(name) {
  const at = name?.lastIndexOf('.') ?? -1;
  return at < 0 ? [] : [name.slice(0, at), name.slice(at + 1)];
}

function splitFirst(name) {
  const at = name.indexOf('.');
  return [name.slice(0, at), name.slice(at + 1)];
}
