import type { Shutdown } from "./environment/environment.js";
import { createEnvironmentPool } from "./environment/environment-pool.js";
import type { InitializationType, ManagedInstances } from "./runtime/function-configuration.js";
import { serveInvokeApi } from "./invoke/invoke-api.js";
import { inspectNode } from "./runtime-client/node-binary.js";
import { runtimeClientArguments } from "./runtime-client/runtime-client.js";
import type { RuntimeClient } from "./runtime-client/runtimes.js";

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
  /**
   * The Node binary that runs the function, 20 or newer: `await nodeBinary(24)`. Default this
   * process's own.
   */
  nodePath?: string;
  /** Default `ric-4`. */
  runtimeClient?: RuntimeClient;
  /**
   * Runs the runtime client with its own native piece, which is compiled first where it is missing:
   * a minute or two, and a C++ compiler. Default false: with a stand-in for that piece. Figures of
   * latency belong to the native client.
   */
  nativeClient?: boolean;
  /**
   * `provisioned-concurrency` starts one environment before the first invocation. Default
   * `on-demand`.
   */
  initializationType?: InitializationType;
  /**
   * Runs the function as on Managed Instances: many invocations at once in one environment, which
   * starts before the first of them and is never frozen. An extension may register for no event.
   * Default: as on AWS without them.
   */
  managedInstances?: ManagedInstances;
  /**
   * A folder whose files each new environment finds among its temporary ones. AWS gives it none; this is for
   * tests of what does not trust in that.
   */
  foundFiles?: string;
}

interface EnvironmentInfo {
  /** Of its latest process: after a crash or a timeout, the one that is gone. */
  readonly pid: number;
  readonly logStreamName: string;
  /** The folder that its process finds as `TMPDIR`; it stays until the environment is shut down. */
  readonly tmpFolder: string;
  /** Invocations handed to it so far. */
  readonly invocations: number;
  readonly frozen: boolean;
  /** False after a crash or a timeout, until the next invocation starts another process. */
  readonly running: boolean;
}

export interface Lambda {
  /** For `lambdaClient`, or for `endpoint` of any AWS SDK. */
  readonly endpoint: string;
  /** The environments that are not shut down. */
  environments(): EnvironmentInfo[];
  /** Initializations so far: of new environments, and of ones that a crash or timeout has reset. */
  coldStarts(): number;
  /** What all environments logged: the processes' stdout and stderr and the platform's lines. */
  logs(): string;
  /** Resolves when nothing runs or waits any more and every environment is frozen. */
  settled(): Promise<void>;
  /**
   * Ends the environment with this process, as AWS does with one it needs no longer: with SIGKILL
   * at once, or where an extension has registered, with SIGTERM and 300 ms (on Managed Instances
   * 600 ms) until the SIGKILL.
   */
  shutdownEnvironment(pid: number): Promise<Shutdown>;
  /**
   * Kills the process of an environment, as AWS does for lack of memory, after its answer: with one still
   * to give, nothing happens. The next invocation resets the environment. Returns whether it did.
   */
  killProcess(pid: number): boolean;
  /** Ends all environments and closes the endpoint. */
  stop(): Promise<void>;
}

/**
 * Starts an emulated AWS Lambda that serves one function on the loopback interface.
 *
 * Each environment is a process of AWS's own runtime client, with the Runtime API and the
 * Extensions API. It is stopped with SIGSTOP whenever the runtime and its extensions wait for what
 * comes next. A crash or a timeout resets it: the next invocation starts a process again, with the
 * same log stream and the same folder for temporary files. Unlike on AWS, that folder is `TMPDIR`,
 * not `/tmp`; extensions can only be internal; and a first initialization that fails is not tried
 * a second time for the same invocation.
 *
 * Rejects where the Node binary cannot be run, or the native client not be compiled.
 */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const { taskRoot, handler, functionName, env = {}, maxEnvironments = 10 } = options;
  const { timeoutMs = 3_000, memorySizeMb = 128, nodePath = process.execPath } = options;
  const node = await inspectNode(nodePath);
  const { initializationType = "on-demand", managedInstances, foundFiles } = options;
  const { runtimeClient = "ric-4", nativeClient = false } = options;
  const pool = createEnvironmentPool(
    {
      functionName,
      taskRoot,
      handler,
      timeoutMs,
      memorySizeMb,
      env,
      node,
      runtimeArguments: await runtimeClientArguments(runtimeClient, nativeClient),
      initializationType,
      managedInstances,
      foundFiles,
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
