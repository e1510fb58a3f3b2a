import { type LambdaOptions, startLambda, timedInvoker } from "@prefreeze/lambda-emulator";
import type { RuntimeClient } from "@prefreeze/lambda-emulator/runtime-clients";

/** Where the functions are and what runs them. */
export interface LambdaRun {
  /** The folder of the bundled functions. */
  readonly folder: string;
  readonly runtimeClient: RuntimeClient;
  /** The runtime client has its native part, without which latencies are not meaningful. */
  readonly nativeClient: boolean;
  readonly quick: boolean;
}

/** An invocation as its caller saw it. */
export interface BenchCall {
  readonly responseMs: number;
  readonly failed: boolean;
  /** The result, or the error, as JSON. */
  readonly payload: string;
}

/** A function in an emulated Lambda of its own, with one environment. */
export interface BenchFunction<T> {
  /**
   * Invokes, and waits until the environment is frozen again.
   *
   * @throws Error with the environment's log, if the invocation fails
   */
  invoke(): Promise<{ readonly responseMs: number; readonly told: T }>;
  /** The same for a function that may fail. */
  call(): Promise<BenchCall>;
  stop(): Promise<void>;
}

/** @param name the function's file */
export async function startFunction<T>(
  { folder, runtimeClient, nativeClient }: LambdaRun,
  name: string,
  env: Record<string, string>,
  more: Pick<LambdaOptions, "timeoutMs" | "initializationType"> = {},
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
    ...more,
  });
  const invoker = timedInvoker(lambda.endpoint, name);
  const call = async () => {
    const answer = await invoker.invoke({});
    await lambda.settled();
    return answer;
  };
  return {
    async invoke() {
      const { payload, failed, responseMs } = await call();
      if (failed) throw new Error(`${name}: ${payload}\n${lambda.logs()}`);
      return { responseMs, told: JSON.parse(payload) as T };
    },
    call,
    async stop() {
      invoker.close();
      await lambda.stop();
    },
  };
}
