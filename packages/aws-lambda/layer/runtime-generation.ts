/** Where the third generation keeps what is left to do when the event loop is empty; the fourth has no such thing. */
const beforeExit = Symbol.for("aws.lambda.beforeExit");

/**
 * The major version of AWS's runtime client in this process: 3 (nodejs20.x, nodejs22.x) requires
 * CommonJS and serves callback handlers, 4 (nodejs24.x, Managed Instances) imports everything.
 */
export function runtimeGeneration(): 3 | 4 {
  return beforeExit in globalThis ? 3 : 4;
}
