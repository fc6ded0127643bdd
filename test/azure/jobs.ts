import { readFileSync } from 'fs';
import { AssetType, TerraformAsset, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { parse } from 'yaml';
import { Synthesized, synth } from './helper';

/** A synthesized stack with the job specifications that lie beside it. */
export interface WithJobs extends Synthesized {
  /** Each specification as text, in the order of the tree. */
  readonly jobFiles: string[];
  /** The first one, read. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly job: any;
}

/** Fills a fresh stack, synthesizes it, and reads the job specifications; they count as text of the output. */
export function synthWithJobs(fill: (stack: TerraformStack) => void): WithJobs {
  let jobFiles: string[] = [];
  const rendered = synth((stack) => {
    fill(stack);
    jobFiles = read(stack);
  });
  return { ...rendered, text: [rendered.text, ...jobFiles].join('\n'), jobFiles, job: jobFiles.length ? parse(jobFiles[0]) : {} };
}

function read(scope: Construct): string[] {
  return scope.node
    .findAll()
    .filter((c): c is TerraformAsset => c instanceof TerraformAsset && c.type === AssetType.FILE)
    .map((asset) => readFileSync((asset as unknown as { sourcePath: string }).sourcePath, 'utf8'));
}
