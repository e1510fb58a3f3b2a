import { createEnvironmentPool } from "./environment-pool.js";
import { serveInvokeApi } from "./invoke-api.js";
import { inspectNode } from "./node-binary.js";

export { bundleHandler } from "./bundle-handler.js";
export { lambdaClient } from "./lambda-client.js";

export interface LambdaOptions {
  /** Absolute path of the folder with the function's code; it becomes `LAMBDA_TASK_ROOT`. */
  taskRoot: string;
  /** As in AWS's configuration: `index.handler`. */
  handler: string;
  functionName: string;
  /** The function's own variables; nothing of this process's environment is passed on. */
  env?: Record<string, string>;
  /** Environments that may live at once, default 10; further invocations wait for one. */
  maxEnvironments?: number;
  /** Function timeout, default 3,000 as on AWS. */
  timeoutMs?: number;
  /** Told to the function, not enforced; default 128 as on AWS. */
  memorySizeMb?: number;
  /** The Node binary that runs the function, 20 or newer; default this process's own. */
  nodePath?: string;
}

interface EnvironmentInfo {
  readonly pid: number;
  readonly logStreamName: string;
  /** Invocations handed to it so far. */
  readonly invocations: number;
  readonly frozen: boolean;
}

export interface Lambda {
  /** For `lambdaClient`, or for `endpoint` of any AWS SDK. */
  readonly endpoint: string;
  /** The environments that live. */
  environments(): EnvironmentInfo[];
  /** Environments started so far, the ended ones included. */
  coldStarts(): number;
  /** What all environments logged: the processes' stdout and stderr and the platform's lines. */
  logs(): string;
  /** Resolves when nothing runs or waits any more and every environment is frozen. */
  settled(): Promise<void>;
  /** Ends the environment with this process, as AWS does with one it needs no longer. */
  shutdownEnvironment(pid: number): Promise<void>;
  /** Ends all environments and closes the endpoint. */
  stop(): Promise<void>;
}

/**
 * Starts an emulated AWS Lambda that serves one function on the loopback interface.
 *
 * Each environment is a process of AWS's own runtime client. It is stopped with SIGSTOP whenever
 * no invocation runs. A crash or a timeout ends its environment; the next invocation finds
 * another. Unlike on AWS, environments share `/tmp`, and one that fails to initialize is not
 * tried a second time.
 *
 * Rejects where the Node binary cannot be run.
 */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const { taskRoot, handler, functionName, env = {}, maxEnvironments = 10 } = options;
  const { timeoutMs = 3_000, memorySizeMb = 128, nodePath = process.execPath } = options;
  const node = await inspectNode(nodePath);
  const pool = createEnvironmentPool(
    { functionName, taskRoot, handler, timeoutMs, memorySizeMb, env, node },
    maxEnvironments,
  );
  const invokeApi = await serveInvokeApi(functionName, pool);

  return {
    endpoint: `http://${invokeApi.address}`,
    environments: () =>
      pool.living().map(({ pid, logStreamName, invocations, frozen }) => {
        return { pid, logStreamName, invocations, frozen };
      }),
    coldStarts: () => pool.started().length,
    logs: () =>
      pool
        .started()
        .map((environment) => environment.log())
        .join(""),
    settled: () => pool.settled(),
    async shutdownEnvironment(pid) {
      const environment = pool.living().find((candidate) => candidate.pid === pid);
      if (environment === undefined) throw new Error(`no living environment has the pid ${pid}`);
      environment.kill();
      await environment.ended;
    },
    async stop() {
      await pool.stop();
      invokeApi.close();
    },
  };
}
