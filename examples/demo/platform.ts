import type { Numbers } from "./numbers.js";

/** What the functions of the demo push to: the aggregator, and the gateway behind it. */
export interface DemoTarget {
  /** The address for pushes. */
  readonly url: string;
  /** Returns the text that a scrape of the gateway gets. */
  metrics(): Promise<string>;
}

/** A platform of the demo: its real runtime, and the calls of its example. */
export interface Platform {
  readonly title: string;
  /** The runtime that runs the function. */
  readonly runtime: string;
  /** The `job` of its groups. */
  readonly job: string;
  /** Runs the function, calls it, and ends every process that it started. */
  run(target: DemoTarget): Promise<Run>;
}

export interface Run {
  /** The numbers that the callers saw. */
  readonly seen: Numbers;
  /** One line of output that describes the calls. */
  readonly summary: string;
  /** The log of the function and its runtime. */
  readonly logs: string;
}
