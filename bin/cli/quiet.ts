/** Silences what the libraries say about themselves. Has to run before they are loaded. */
export function silenceLibraries(env: NodeJS.ProcessEnv = process.env): void {
  env.JSII_DEPRECATED ??= 'quiet';
  for (const what of ['UNTESTED', 'END_OF_LIFE', 'DEPRECATED']) env[`JSII_SILENCE_WARNING_${what}_NODE_VERSION`] ??= '1';
  env.CHECKPOINT_DISABLE ??= '1';
}

/** Runs something that writes to the console; hands back what it wrote, in place of showing it. */
export function captureConsole<T>(run: () => T): { readonly result: T; readonly said: string } {
  const said: string[] = [];
  const names = ['log', 'info', 'warn', 'error', 'debug'] as const;
  const real = names.map((name) => console[name]);
  for (const name of names) console[name] = (...words: unknown[]) => void said.push(words.map(String).join(' '));
  try {
    return { result: run(), said: said.join('\n') };
  } finally {
    names.forEach((name, i) => (console[name] = real[i]));
  }
}
