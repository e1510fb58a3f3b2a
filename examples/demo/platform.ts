import type { DemoGateway } from "./gateway.js";
import type { Numbers } from "./numbers.js";

/** A platform of the demo: its real runtime, and the calls of its example. */
export interface Platform {
  readonly title: string;
  /** The runtime that runs the function. */
  readonly runtime: string;
  /** The `job` of its groups. */
  readonly job: string;
  /** Runs the function, calls it, and ends every process that it started. */
  run(gateway: DemoGateway): Promise<Run>;
}

export interface Run {
  /** The numbers that the callers saw. */
  readonly seen: Numbers;
  /** One line of output that describes the calls. */
  readonly summary: string;
  /** The log of the function and its runtime. */
  readonly logs: string;
}
