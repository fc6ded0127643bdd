/** Lets constructs take stack traces as they do outside of tests, where it is about them. */
export function keepTraces(): void {
  Error.captureStackTrace = (Error.captureStackTrace as unknown as { readonly real: typeof Error.captureStackTrace }).real;
}
