import type { Shutdown } from "./environment/environment.js";
import { createEnvironmentPool } from "./environment/environment-pool.js";
import type { InitializationType, ManagedInstances } from "./runtime/function-configuration.js";
import { serveInvokeApi } from "./invoke/invoke-api.js";
import { inspectNode } from "./runtime-client/node-binary.js";
import { runtimeClientArguments } from "./runtime-client/runtime-client.js";
import type { RuntimeClient } from "./runtime-client/runtimes.js";

export interface LambdaOptions {
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
  /** Which version of AWS's runtime interface client runs the handler. Default: `ric-4`. */
  runtimeClient?: RuntimeClient;
  /**
   * Runs the runtime client with its native addon, which is compiled first if it is missing: that
   * takes a C++ compiler and a minute or two. Default: false, with a stand-in for the addon.
   * Measure latency with the native client.
   */
  nativeClient?: boolean;
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
  const { taskRoot, handler, functionName, env = {}, maxEnvironments = 10 } = options;
  const { timeoutMs = 3_000, timeoutGraceMs = 0, memorySizeMb = 128 } = options;
  const { nodePath = process.execPath } = options;
  const node = await inspectNode(nodePath);
  const { initializationType = "on-demand", managedInstances, foundFiles } = options;
  const { runtimeClient = "ric-4", nativeClient = false } = options;
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
