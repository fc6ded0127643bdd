/**
 * Runs something that makes constructs, without the stack trace that cdktf takes of each token and cannot be told not to take. They take
 * half of the time and of the memory that constructs take, and nothing shows them. Errors keep theirs.
 */
export function withoutTraces<T>(run: () => T): T {
  const real = Error.captureStackTrace;
  Error.captureStackTrace = (of, ...below) => {
    if (of instanceof Error) real(of, ...below);
    else (of as { stack?: string }).stack = '';
  };
  try {
    return run();
  } finally {
    Error.captureStackTrace = real;
  }
}
