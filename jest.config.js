const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  // The sources before what the build left beside them.
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/setup.ts'],
  // Jest leaves one processor to itself, and of two processors that is every other one.
  maxWorkers: Math.max(2, availableParallelism() - 1),
};
