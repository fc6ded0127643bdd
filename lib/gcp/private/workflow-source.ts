import { refuse } from '../../core/errors';

/** An expression of Workflows, such as `job.status.state`, as against a text that says so. */
export class Expression {
  public constructor(public readonly text: string) {}
}

/** Marks an expression of Workflows. */
export function $(text: string): Expression {
  return new Expression(text);
}

/**
 * The source of a workflow as JSON, which Workflows reads as it does YAML, for an attribute of a Terraform resource.
 *
 * Both Workflows and Terraform mean an expression by `${`: expressions of Workflows are written `$${`, which Terraform hands on as `${`;
 * texts that hold a `${` of their own are put together by an expression; references of cdktf stay references.
 */
export function workflowSource(definition: unknown): string {
  return JSON.stringify(encode(definition));
}

function encode(value: unknown): unknown {
  if (value instanceof Expression) return `$\${${value.text}}`;
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map(encode);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, v]) => v !== undefined)
        .map(([k, v]) => [k, encode(v)]),
    );
  return value;
}

const LONGEST_EXPRESSION = 400;

function text(value: string): string {
  const plain = value.replace(/%\{/g, '%%{');
  if (!/\$\{(?!TfToken\[)/.test(plain)) return plain;
  const expression = plain
    .split(/\$\{(?!TfToken\[)/)
    .map((part) => JSON.stringify(part))
    .join(' + "$" + "{" + ');
  if (expression.length > LONGEST_EXPRESSION)
    refuse(
      'limit',
      '',
      value,
      `holds '\${', and Workflows takes at most ${LONGEST_EXPRESSION} characters where it does`,
      'make it shorter, or put it into the image',
    );
  return `$\${${expression}}`;
}
