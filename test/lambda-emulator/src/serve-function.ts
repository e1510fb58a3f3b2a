import type { Shutdown } from "./environment/environment.js";
import { createEnvironmentPool } from "./environment/environment-pool.js";
import type { InitializationType, ManagedInstances } from "./runtime/function-configuration.js";
import { serveInvokeApi } from "./invoke/invoke-api.js";
import { inspectNode } from "./runtime-client/node-binary.js";

/** One function, but for what runs it. */
export interface FunctionOptions {
  /** Absolute path of the folder with the function's code: `LAMBDA_TASK_ROOT`. */
  taskRoot: string;
  /** As in AWS's configuration: `index.handler`. */
  handler: string;
  functionName: string;
  /** The function's own variables. It sees none of this process's environment. */
  env?: Record<string, string>;
  /** How many environments may be alive at once; further invocations wait. Default: 10. */
  maxEnvironments?: number;
  /** The function's timeout. Default: 3,000 ms, as on AWS. */
  timeoutMs?: number;
  /**
   * How much later than that the emulator ends an invocation, so that a test of something that happens just before
   * the deadline does not depend on a busy machine. Default: 0.
   */
  timeoutGraceMs?: number;
  /** Told to the function, but not enforced. Default: 128 MB, as on AWS. */
  memorySizeMb?: number;
  /**
   * The Node binary that runs the function, version 20 or newer, for instance
   * `await nodeBinary(24)`. Default: the binary of this process.
   */
  nodePath?: string;
  /**
   * `provisioned-concurrency` starts one environment before the first invocation. Default:
   * `on-demand`.
   */
  initializationType?: InitializationType;
  /**
   * Runs the function on Managed Instances: one environment runs many invocations at once, starts
   * before the first of them and is never frozen. An extension may not register for any event.
   * Default: undefined, a standard environment.
   */
  managedInstances?: ManagedInstances;
  /**
   * A folder whose files each new environment finds in its folder for temporary files. On AWS a new
   * environment finds none; this is for tests of code that does not rely on that.
   */
  foundFiles?: string;
  /** Is given what the processes of the function write, as they write it. */
  onOutput?: (text: string) => void;
}

interface EnvironmentInfo {
  /**
   * The process id of its latest process: after a crash or a timeout, of the one that has ended.
   */
  readonly pid: number;
  readonly logStreamName: string;
  /** The folder that `TMPDIR` names. It is kept until the environment is shut down. */
  readonly tmpFolder: string;
  /** Invocations handed to it so far. */
  readonly invocations: number;
  readonly frozen: boolean;
  /** False after a crash or a timeout, until the next invocation starts another process. */
  readonly running: boolean;
}

export interface Lambda {
  /** Pass it to `lambdaClient`, or as `endpoint` to any AWS SDK. */
  readonly endpoint: string;
  /** The environments that are alive: not shut down yet. */
  environments(): EnvironmentInfo[];
  /** Initializations so far, of new environments and of those that a crash or timeout has reset. */
  coldStarts(): number;
  /**
   * The log of all environments: stdout and stderr of their processes, and the platform's lines.
   */
  logs(): string;
  /** Resolves when no invocation runs or waits and every environment is frozen. */
  settled(): Promise<void>;
  /**
   * Ends the environment with this process, as AWS ends one that it no longer needs: with SIGKILL
   * at once, or, if an extension has registered, with SIGTERM and a SIGKILL 300 ms later (600 ms on
   * Managed Instances).
   */
  shutdownEnvironment(pid: number): Promise<Shutdown>;
  /**
   * Kills the process of an environment, as AWS does if it is out of memory, but only after its
   * answer: while an invocation runs, this does nothing. The next invocation resets the
   * environment.
   *
   * @returns whether the process was killed
   */
  killProcess(pid: number): boolean;
  /** Ends all environments and closes the endpoint. */
  stop(): Promise<void>;
}

/**
 * Serves one function, with a runtime client that is there already.
 *
 * @param runtimeArguments arguments for Node that start the runtime client
 */
export async function serveFunction(
  options: FunctionOptions,
  runtimeArguments: readonly string[],
): Promise<Lambda> {
  const { taskRoot, handler, functionName, env = {}, maxEnvironments = 10 } = options;
  const { timeoutMs = 3_000, timeoutGraceMs = 0, memorySizeMb = 128 } = options;
  const { nodePath = process.execPath } = options;
  const node = await inspectNode(nodePath);
  const { initializationType = "on-demand", managedInstances, foundFiles } = options;
  const { onOutput = () => undefined } = options;
  const pool = createEnvironmentPool(
    {
      functionName,
      taskRoot,
      handler,
      timeoutMs,
      timeoutGraceMs,
      memorySizeMb,
      env,
      node,
      runtimeArguments,
      initializationType,
      managedInstances,
      foundFiles,
      onOutput,
    },
    maxEnvironments,
  );
  if (initializationType !== "on-demand" || managedInstances !== undefined) await pool.provision();
  const invokeApi = await serveInvokeApi(functionName, pool);

  return {
    endpoint: `http://${invokeApi.address}`,
    environments: () =>
      pool.living().map(({ pid, logStreamName, tmpFolder, invocations, frozen, running }) => {
        return { pid, logStreamName, tmpFolder, invocations, frozen, running };
      }),
    coldStarts: () =>
      pool.started().reduce((total, { initializations }) => total + initializations, 0),
    logs: () =>
      pool
        .started()
        .map((environment) => environment.log())
        .join(""),
    settled: () => pool.settled(),
    async shutdownEnvironment(pid) {
      const environment = pool.living().find((candidate) => candidate.pid === pid);
      if (environment === undefined) throw new Error(`no living environment has the pid ${pid}`);
      return environment.shutdown();
    },
    killProcess: (pid) =>
      pool
        .living()
        .find((candidate) => candidate.pid === pid)
        ?.killRuntime() === true,
    async stop() {
      await pool.stop();
      invokeApi.close();
    },
  };
}
