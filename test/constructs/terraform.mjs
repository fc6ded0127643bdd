// What real Terraform makes of constructs, each declaration in an app of its own.
import { join } from 'node:path';
import { applyAll, stacksOf, terraformVersion } from '../terraform/terraform.mjs';
import { declare, kebab } from './cases.mjs';

const version = terraformVersion();
/** Why nothing can be said, if so. */
export const missing = version
  ? undefined
  : 'terraform is not installed on this machine; install it to have every construct applied by its core';
/** cdktf, too, asks for terraform, where an image is built. */
export const needed = true;

/** Declares and synthesizes all cases of a room: what was used by each, and what went wrong. */
export function synthesizeAll(room, out) {
  const declared = new Map();
  const problems = [];
  for (const name of Object.keys(room.cases)) {
    try {
      const { app, recorder } = declare(room, name, join(out, kebab(name)));
      app.synth();
      declared.set(name, recorder);
    } catch (error) {
      problems.push(`${name}: ${error.stack}`);
    }
  }
  return { declared, problems };
}

/** Has what was synthesized looked at; prints what came of it, and says how many failed. */
export const judge = (out) => applyAll(stacksOf(out), version);
