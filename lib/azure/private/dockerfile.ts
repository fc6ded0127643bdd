import { readFileSync } from 'fs';
import { join, posix } from 'path';

/** What the last stage of a Dockerfile says about how its image is run; nothing where it leaves that to its base image. */
export interface ImageConfig {
  /** Where programs run, unless it is made up of variables. */
  readonly workingDirectory?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
}

/**
 * Reads `WORKDIR`, `ENTRYPOINT` and `CMD`, as `docker build` does.
 * Needed for Azure ML, which starts a command of its own in a folder of its own whatever the image says.
 */
export function imageConfig(directory: string): ImageConfig {
  const stages = new Map<string, ImageConfig>();
  let name = '';
  let config: ImageConfig = {};
  for (const { word, rest } of instructions(readFileSync(join(directory, 'Dockerfile'), 'utf8'))) {
    if (word === 'FROM') {
      const [, base, alias] = /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(rest) ?? [];
      config = stages.get((base ?? '').toLowerCase()) ?? {};
      name = (alias ?? '').toLowerCase();
    } else if (word === 'WORKDIR') {
      const unknown = rest.includes('$') || (!posix.isAbsolute(rest) && config.workingDirectory === undefined);
      config = { ...config, workingDirectory: unknown ? undefined : posix.resolve(config.workingDirectory ?? '/', unquote(rest)) };
    } else if (word === 'ENTRYPOINT') {
      // An entrypoint forgets the base image's command.
      config = { ...config, entrypoint: argv(rest), command: undefined };
    } else if (word === 'CMD') {
      config = { ...config, command: argv(rest) };
    }
    if (name) stages.set(name, config);
  }
  return config;
}

function instructions(text: string): { word: string; rest: string }[] {
  const lines = text
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\s*\n/g, ' ')
    .split('\n');
  return lines.flatMap((line) => {
    const m = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line);
    return m ? [{ word: m[1].toUpperCase(), rest: m[2] }] : [];
  });
}

function argv(rest: string): string[] {
  try {
    const list: unknown = JSON.parse(rest);
    if (Array.isArray(list) && list.every((a) => typeof a === 'string')) return list;
  } catch {
    // Not a list: the shell form.
  }
  return ['sh', '-c', rest];
}

function unquote(text: string): string {
  return text.replace(/^"(.*)"$/, '$1');
}
