import type { Invocation } from "../invocation/invocation.js";
import type { Run } from "../invocation/run.js";
import type { ProcessEnd } from "../runtime/runtime-process.js";

/** How a shutdown went. */
export interface Shutdown extends ProcessEnd {
  /** From the order to the end of all processes. */
  readonly durationMs: number;
}

/** One execution environment, until it is shut down. */
export interface Environment {
  /** Of its latest runtime process. */
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
  /** Takes an invocation now. */
  readonly idle: boolean;
  /** Initializes, or has an invocation that is not done. */
  readonly busy: boolean;
  /** Has answered, but its runtime or an extension does not wait for the next invocation yet. */
  readonly finishing: boolean;
  /** False once it is shut down. */
  readonly alive: boolean;
  invoke(invocation: Invocation): Run;
  /** What the platform and the process have logged. */
  log(): string;
  /** Ends the environment as AWS does with one it needs no longer. */
  shutdown(): Promise<Shutdown>;
  /** Kills its process, unless that has an invocation to answer; whether it did. */
  killRuntime(): boolean;
  /** Ends the environment at once. */
  kill(): Promise<void>;
}
