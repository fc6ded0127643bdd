import { Snapshot } from './model';

/**
 * The stacks that a path holds: a folder written by `mlops synth`, a `cdk.out`, a `cdktf.out`, a template, or a `cdk.tf.json`.
 *
 * @throws ReviewError if it is none of these, or cannot be read
 */
export function read(_path: string): Snapshot[] {
  return [];
}
