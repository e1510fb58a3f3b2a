import type { Invocation } from "../invocation/invocation.js";
import type { Run } from "../invocation/run.js";
import type { ProcessEnd } from "../runtime/runtime-process.js";

/** How a shutdown went. */
export interface Shutdown extends ProcessEnd {
  /** From the order to shut down until all processes have ended. */
  readonly durationMs: number;
}

/** One execution environment, until it is shut down. */
export interface Environment {
  /** The process id of its latest runtime. */
  readonly pid: number;
  readonly logStreamName: string;
  readonly tmpFolder: string;
  /** Invocations handed to the runtime so far. */
  readonly invocations: number;
  /** How often a runtime has been started. */
  readonly initializations: number;
  readonly frozen: boolean;
  /** False after a crash or a timeout, until the next invocation. */
  readonly running: boolean;
  /** Ready to take an invocation now. */
  readonly idle: boolean;
  /** Initializing, or running an invocation. */
  readonly busy: boolean;
  /** Has answered, but its runtime or an extension does not wait for the next event yet. */
  readonly finishing: boolean;
  /** False once it is shut down. */
  readonly alive: boolean;
  invoke(invocation: Invocation): Run;
  /** What the platform and the runtime process have logged. */
  log(): string;
  /** Ends the environment as AWS ends one that it no longer needs. */
  shutdown(): Promise<Shutdown>;
  /**
   * Kills the runtime process, unless an invocation still waits for its answer.
   *
   * @returns whether it was killed
   */
  killRuntime(): boolean;
  /** Ends the environment at once. */
  kill(): Promise<void>;
}
