#!/usr/bin/env node
import { processIo } from './cli/io';
import { main } from './cli/main';

// Whoever reads may have seen enough before all is written (`mlops support | head`); the verdict is the same.
process.stdout.on('error', (e: NodeJS.ErrnoException) => {
  if (e.code !== 'EPIPE') throw e;
});

void main(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
});
