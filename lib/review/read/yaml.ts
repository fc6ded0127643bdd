import { isAlias, isMap, isScalar, isSeq, Node, parseDocument } from 'yaml';
import { ReviewError } from '../model';
import { syntaxError } from './document';

/** Reads a CloudFormation template in YAML; short intrinsics (`!Sub`) become what they stand for (`Fn::Sub`). */
export function parseTemplateYaml(file: string, text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error) throw syntaxError(file, text, error.pos[0], 'YAML', error.message.split('\n')[0]);

  const plain = (node: unknown): unknown => {
    if (isAlias(node)) throw syntaxError(file, text, node.range?.[0] ?? 0, 'YAML', 'CloudFormation knows no aliases. Write the value out.');
    const value = isMap(node)
      ? Object.fromEntries(node.items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), plain(value)]))
      : isSeq(node)
        ? node.items.map(plain)
        : isScalar(node)
          ? node.value
          : node;
    const tag = (node as Node | null)?.tag;
    return tag?.startsWith('!') ? intrinsic(tag.slice(1), value) : value;
  };
  try {
    return plain(document.contents);
  } catch (e) {
    if (e instanceof RangeError) throw new ReviewError(`${file} is nested too deep to be read.`);
    throw e;
  }
}

function intrinsic(name: string, value: unknown): unknown {
  if (name.startsWith('!')) return value;
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  if (name === 'GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: value };
}
