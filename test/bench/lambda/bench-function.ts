import { startLambda, timedInvoker } from "../../lambda/lambda.js";
import type { RuntimeClient } from "../../lambda/runtimes.js";

/** Where the functions are and what runs them. */
export interface LambdaRun {
  /** The folder of the bundled functions. */
  readonly folder: string;
  readonly runtimeClient: RuntimeClient;
  /** With its own native piece, to which figures of latency belong. */
  readonly nativeClient: boolean;
  readonly quick: boolean;
}

/** A function in an emulated Lambda of its own, with one environment. */
export interface BenchFunction<T> {
  /** Invokes, and waits until the environment is frozen again. */
  invoke(): Promise<{ readonly responseMs: number; readonly told: T }>;
  stop(): Promise<void>;
}

/**
 * @param name the function's file
 * @throws Error with the environment's log, where an invocation fails
 */
export async function startFunction<T>(
  { folder, runtimeClient, nativeClient }: LambdaRun,
  name: string,
  env: Record<string, string>,
): Promise<BenchFunction<T>> {
  const lambda = await startLambda({
    taskRoot: folder,
    handler: `${name}.handler`,
    functionName: name,
    env,
    maxEnvironments: 1,
    timeoutMs: 10_000,
    runtimeClient,
    nativeClient,
  });
  const invoker = timedInvoker(lambda.endpoint, name);
  return {
    async invoke() {
      const { payload, failed, responseMs } = await invoker.invoke({});
      if (failed) throw new Error(`${name}: ${payload}\n${lambda.logs()}`);
      await lambda.settled();
      return { responseMs, told: JSON.parse(payload) as T };
    },
    async stop() {
      invoker.close();
      await lambda.stop();
    },
  };
}
