import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import type { Body } from '../../review/model';

const WEAK = 'Fn::GetStackOutput';

/**
 * Hands on the file of a template as CDK can include it. It does not know the outputs of other stacks yet, which therefore become imports.
 *
 * @returns what turns the names of such imports in a text back to how cdk-nag writes an output
 */
export function withoutWeak(file: string, body: Body, use: (file: string) => void): (text: string) => string {
  const outputs: string[] = [];
  const known = replaced(body, outputs);
  if (!outputs.length) {
    use(file);
    return (text) => text;
  }
  const folder = mkdtempSync(join(tmpdir(), 'mlops-check-'));
  try {
    const copy = join(folder, 'template.json');
    writeFileSync(copy, JSON.stringify(known));
    use(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return (text) => text.replace(/output-of-a-stack-(\d+)!/g, (_, n: string) => outputs[Number(n)]);
}

function replaced(value: unknown, outputs: string[]): unknown {
  if (Array.isArray(value)) return value.map((v) => replaced(v, outputs));
  if (typeof value !== 'object' || value === null) return value;
  if (WEAK in value) return { 'Fn::ImportValue': `output-of-a-stack-${outputs.push(JSON.stringify(value)) - 1}!` };
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, replaced(v, outputs)]));
}
