import pc from 'picocolors';
import type { Colors } from 'picocolors/types';

/** What a command has to do with the world around it. */
export interface Io {
  readonly cwd: string;
  /** Results. */
  out(text: string): void;
  /** Problems and progress. */
  err(text: string): void;
  readonly outColors: Colors;
  readonly errColors: Colors;
  /** Whether somebody watches. */
  readonly interactive: boolean;
  /** Width of the screen in characters. */
  readonly columns: number;
}

/** The process's own. */
export function processIo(): Io {
  const { stdout, stderr, env } = process;
  const wanted = (stream: NodeJS.WriteStream): boolean =>
    !env.NO_COLOR && (Boolean(env.FORCE_COLOR) || (Boolean(stream.isTTY) && env.TERM !== 'dumb'));
  return {
    cwd: process.cwd(),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    outColors: pc.createColors(wanted(stdout)),
    errColors: pc.createColors(wanted(stderr)),
    // A terminal that does not know its width cannot be drawn on.
    interactive: Boolean(stderr.isTTY && stderr.columns) && !env.CI,
    columns: stdout.columns || 120,
  };
}
