declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

/**
 * Whether the program runs on a developer's machine, where files are edited while it runs, or under a test
 * runner. Core imports nothing, but most platforms have `process`.
 */
export function isDevelopment(): boolean {
  try {
    // Bundlers of platforms without `process` put a text in place of exactly this expression.
    if (/^(development|test)$/.test(process.env.NODE_ENV!)) return true;
    const { VITEST, JEST_WORKER_ID, NODE_TEST_CONTEXT } = process.env;
    return !!(VITEST || JEST_WORKER_ID || NODE_TEST_CONTEXT);
  } catch {
    return false;
  }
}
