// The built-in template validator costs seconds a file; the strict synthesis of all examples runs it once.
process.env.CDK_VALIDATION = 'false';
process.env.JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION = '1';
process.env.JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION = '1';

// CDK and cdktf take a stack trace of most constructs and of each token, which Jest maps to the sources line by line: a fifth of the time
// of all tests. What is thrown keeps its own.
const real = Error.captureStackTrace;
Error.captureStackTrace = Object.assign(
  (of: object, ...below: [] | [NewableFunction]) => {
    if (of instanceof Error) real(of, ...below);
    else (of as { stack?: string }).stack = '';
  },
  { real },
);
