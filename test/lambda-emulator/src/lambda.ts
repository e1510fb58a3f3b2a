import { runtimeClientArguments } from "./runtime-client/runtime-client.js";
import type { RuntimeClient } from "./runtime-client/runtimes.js";
import { type FunctionOptions, type Lambda, serveFunction } from "./serve-function.js";

export interface LambdaOptions extends FunctionOptions {
  /** Which version of AWS's runtime interface client runs the handler. Default: `ric-4`. */
  runtimeClient?: RuntimeClient;
  /**
   * Runs the runtime client with its native addon, which is compiled first if it is missing: that
   * takes a C++ compiler and a minute or two. Default: false, with a stand-in for the addon.
   * Measure latency with the native client.
   */
  nativeClient?: boolean;
}

/**
 * Starts an emulated AWS Lambda that serves one function on the loopback interface.
 *
 * Each environment is a process that runs AWS's own runtime client, with a Runtime API and an
 * Extensions API. It is frozen with SIGSTOP whenever the runtime and its extensions wait for their
 * next event. A crash or a timeout resets it: the next invocation starts another process, with the
 * same log stream and the same folder for temporary files. Three things differ from AWS: that
 * folder is `TMPDIR`, not `/tmp`; extensions can only be internal; a first initialization that
 * fails is not tried again for the same invocation.
 *
 * Rejects if the Node binary cannot be run, or the native client cannot be compiled.
 */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const { runtimeClient = "ric-4", nativeClient = false, ...rest } = options;
  return await serveFunction(rest, await runtimeClientArguments(runtimeClient, nativeClient));
}
