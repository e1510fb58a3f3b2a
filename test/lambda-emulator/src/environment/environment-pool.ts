import type { Environment } from "./environment.js";
import type { FunctionConfiguration } from "../runtime/function-configuration.js";
import type { Invocation } from "../invocation/invocation.js";
import { startManagedEnvironment } from "./managed-environment.js";
import type { Run } from "../invocation/run.js";
import { startStandardEnvironment } from "./standard-environment.js";

/** The environments of one function. */
export interface EnvironmentPool {
  /** The environments that are alive, in the order in which they were started. */
  living(): readonly Environment[];
  /** All environments that were ever started. */
  started(): readonly Environment[];
  /**
   * Runs an invocation in the first environment that is idle. If none is, it starts a new one; at
   * `maxEnvironments`, the invocation waits for the next that becomes idle. Rejects if an
   * environment cannot be started.
   */
  invoke(invocation: Invocation): Promise<Run>;
  /** Starts an environment before the first invocation. Resolves when it is initialized. */
  provision(): Promise<void>;
  /** Resolves when nothing runs, starts or waits: every living environment is frozen. */
  settled(): Promise<void>;
  /** Ends all environments. Running invocations fail as if the runtime had crashed; waiting ones are refused. */
  stop(): Promise<void>;
}

// A runtime asks for its next invocation shortly after its response. On AWS the caller's network
// hides that delay. On loopback, a caller's next call can come sooner and would start another
// environment.
const finishingMs = 50;

interface Waiting {
  readonly invocation: Invocation;
  /**
   * Until then, waiting for an environment that is about to be idle is better than starting one.
   */
  readonly hopesUntilMs: number;
  readonly resolve: (run: Run) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts with no environment; each is started by the invocation that needs it. */
export function createEnvironmentPool(
  configuration: FunctionConfiguration,
  maxEnvironments: number,
): EnvironmentPool {
  const started: Environment[] = [];
  const starting = new Set<Promise<void>>();
  const waiting: Waiting[] = [];
  const settling: (() => void)[] = [];
  let stopped = false;

  const living = () => started.filter(({ alive }) => alive);

  function dispatch(): void {
    let finishing = started.filter((environment) => environment.finishing).length;
    for (const item of waiting.splice(0)) {
      const idle = started.find((environment) => environment.idle);
      const full = living().length + starting.size >= maxEnvironments;
      const hopeful = performance.now() < item.hopesUntilMs && finishing-- > 0;
      if (idle !== undefined) item.resolve(idle.invoke(item.invocation));
      else if (full || hopeful) waiting.push(item);
      else start(item);
    }
    if (waiting.length + starting.size > 0 || living().some(({ busy }) => busy)) return;
    for (const settled of settling.splice(0)) settled();
  }

  function start({ invocation, resolve, reject }: Waiting): void {
    begin().then((environment) => resolve(environment.invoke(invocation)), reject);
  }

  function begin(): Promise<Environment> {
    const begun = startEnvironment().then((environment) => {
      started.push(environment);
      return environment;
    });
    const done = begun.then(
      () => {},
      () => {},
    );
    starting.add(done);
    void done.finally(() => {
      starting.delete(done);
      dispatch();
    });
    return begun;
  }

  function startEnvironment(): Promise<Environment> {
    const { managedInstances } = configuration;
    return managedInstances === undefined
      ? startStandardEnvironment(configuration, dispatch)
      : startManagedEnvironment(configuration, managedInstances, dispatch);
  }

  function settled(): Promise<void> {
    return new Promise((resolve) => {
      settling.push(resolve);
      dispatch();
    });
  }

  return {
    living,
    started: () => started,
    invoke(invocation) {
      return new Promise((resolve, reject) => {
        if (stopped) return reject(new Error("this emulated Lambda is stopped"));
        const hopesUntilMs = performance.now() + finishingMs;
        waiting.push({ invocation, hopesUntilMs, resolve, reject });
        dispatch();
        setTimeout(dispatch, finishingMs + 1).unref();
      });
    },
    async provision() {
      await begin();
      await settled();
    },
    settled,
    async stop() {
      stopped = true;
      for (const { reject } of waiting.splice(0)) {
        reject(new Error("this emulated Lambda was stopped before an environment was free"));
      }
      await Promise.all(starting);
      await Promise.all(living().map((environment) => environment.kill()));
    },
  };
}
