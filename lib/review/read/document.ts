import { readFileSync, statSync } from 'fs';
import { Body, ReviewError } from '../model';
import { parseTemplateYaml } from './yaml';

const MIB = 1024 * 1024;
// CloudFormation takes 1 MB a template. JSON of a Terraform stack may be larger; YAML takes a hundred times as long to read.
const LONGEST = { JSON: 32 * MIB, YAML: 2 * MIB };

/** Reads a JSON or YAML file that holds an object. */
export function readDocument(file: string): Body {
  const format = /\.ya?ml$/i.test(file) ? 'YAML' : 'JSON';
  const text = readText(file, format);
  const data = format === 'YAML' ? parseTemplateYaml(file, text) : parseJson(file, text);
  if (!isBody(data)) throw new ReviewError(`${file} holds ${nameOf(data)}, where an object is expected.`);
  return data;
}

/** Whether it is a plain object. */
export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Says where a text cannot be read. */
export function syntaxError(file: string, text: string, offset: number, format: string, problem: string): ReviewError {
  const lines = text.slice(0, offset).split('\n');
  const place = `${file}:${lines.length}:${lines[lines.length - 1].length + 1}`;
  const cut = format === 'JSON' && offset >= text.trimEnd().length;
  return new ReviewError(
    `${place}: this is not ${format}: ${cut ? 'the file ends in the middle, as if it had been cut off. Synthesize it again.' : problem}`,
  );
}

function readText(file: string, format: keyof typeof LONGEST): string {
  try {
    const { size } = statSync(file);
    if (size > LONGEST[format])
      throw new ReviewError(
        `${file} has ${Math.ceil(size / MIB)} MB; mlops diff reads ${format} up to ${LONGEST[format] / MIB} MB. ` +
          'CloudFormation takes 1 MB a template: divide it into several stacks.',
      );
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (e) {
    if (e instanceof ReviewError) throw e;
    throw new ReviewError(unreadable(file, e as NodeJS.ErrnoException));
  }
}

/** Why a file or folder cannot be read. */
export function unreadable(file: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return `There is no ${file}.`;
  if (code === 'EACCES' || code === 'EPERM') return `${file} may not be read: allow your user to read it.`;
  return `${file} cannot be read: ${message}`;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (e) {
    const { message } = e as SyntaxError;
    const position = /at position (\d+)/.exec(message);
    if (position) throw syntaxError(file, text, Number(position[1]), 'JSON', message);
    if (/end of JSON input/.test(message)) throw syntaxError(file, text, text.length, 'JSON', message);
    throw new ReviewError(`${file}: this is not JSON: ${message}`);
  }
}

function nameOf(data: unknown): string {
  if (data === null || data === undefined) return 'nothing';
  return Array.isArray(data) ? 'a list' : `a ${typeof data}`;
}
