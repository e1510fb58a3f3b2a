import type { DemoGateway } from "./gateway.js";
import type { Numbers } from "./numbers.js";

/** A platform, its real runtime, and what the demo does with its example. */
export interface Platform {
  readonly title: string;
  /** What runs the function. */
  readonly runtime: string;
  /** The `job` of its groups. */
  readonly job: string;
  /** Runs the function, calls it, and ends all that it started. */
  run(gateway: DemoGateway): Promise<Run>;
}

export interface Run {
  /** What the callers saw. */
  readonly seen: Numbers;
  /** What was done, for the line that says so. */
  readonly summary: string;
  /** What the function and its runtime wrote. */
  readonly logs: string;
}
