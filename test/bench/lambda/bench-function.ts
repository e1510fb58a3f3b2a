import { type LambdaOptions, startLambda, timedInvoker } from "@prefreeze/lambda-emulator";
import type { RuntimeClient } from "@prefreeze/lambda-emulator/runtime-clients";

/** The folder of the functions, and the runtime client that runs them. */
export interface LambdaRun {
  /** The folder of the bundled functions. */
  readonly folder: string;
  readonly runtimeClient: RuntimeClient;
  /** Whether the runtime client has its native part. Without it, latencies are not meaningful. */
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
   * Invokes the function, and waits until its environment is frozen again.
   *
   * @throws Error with the environment's log if the invocation fails
   */
  invoke(): Promise<{ readonly responseMs: number; readonly result: T }>;
  /** Does the same, but also returns a failed invocation. */
  call(): Promise<BenchCall>;
  stop(): Promise<void>;
}

/** Starts a function. @param name its file */
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
      return { responseMs, result: JSON.parse(payload) as T };
    },
    call,
    async stop() {
      invoker.close();
      await lambda.stop();
    },
  };
}
