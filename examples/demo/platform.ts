import type { NumberMetrics, Numbers } from "./numbers.js";

/** What the functions of the demo push to. */
export interface DemoTarget {
  /** The aggregator's address, for functions that have no aggregator of their own. */
  readonly url: string;
  /** The gateway's address. */
  readonly gateway: string;
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
  /** What holds its numbers. Default: the metrics of functions. */
  readonly metrics?: NumberMetrics;
  /** Whether its aggregator is a part of the function. Otherwise the demo starts one. */
  readonly hasAggregator?: true;
  /** Runs the function and calls it. What it started has ended, or ends with `stop()`. */
  run(target: DemoTarget): Promise<Run>;
}

export interface Run {
  /** The numbers that the callers saw. */
  readonly seen: Numbers;
  /** How many instances have pushed. Default: one for each cold start. */
  readonly instances?: number;
  /** One line of output that describes the calls. */
  readonly summary: string;
  /** The log of the function and its runtime. */
  readonly logs: string;
  /** Ends what the function still needs to push its last numbers. */
  readonly stop?: () => Promise<void>;
}
