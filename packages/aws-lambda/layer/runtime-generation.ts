/** The third generation keeps its work for an empty event loop under this symbol; the fourth has none. */
const beforeExit = Symbol.for("aws.lambda.beforeExit");

/**
 * The major version of AWS's runtime client in this process. Version 3 (nodejs20.x, nodejs22.x) loads CommonJS
 * by `require` and serves callback handlers; version 4 (nodejs24.x, Managed Instances) imports everything.
 */
export function runtimeGeneration(): 3 | 4 {
  return beforeExit in globalThis ? 3 : 4;
}
