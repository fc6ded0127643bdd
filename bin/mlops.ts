#!/usr/bin/env node
import nodeModule from 'module';
import { processIo } from './cli/io';
import { main } from './cli/main';

// From Node 22.8 on, Node keeps what it compiled in the system's temporary folder: a fifth less for `mlops validate`. The build has it that
// the imports above are loaded after this.
(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();

// Whoever reads may have seen enough before all is written (`mlops support | head`); the verdict is the same.
process.stdout.on('error', (e: NodeJS.ErrnoException) => {
  if (e.code !== 'EPIPE') throw e;
});

void main(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
});
