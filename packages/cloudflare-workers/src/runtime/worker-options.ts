import type { Options } from "@prefreeze/core";
import { readSettings, upTo } from "@prefreeze/core/adapter";
import type { DefineMeasure } from "./measure.js";

/** Options of `instrument()` on Cloudflare Workers. Each one overrides its variable. */
export interface WorkerOptions extends Options {
  /**
   * Longest time for a push and its retry, in milliseconds, from 1 to 30,000. No response waits for it. Default 5,000.
   * `PREFREEZE_FLUSH_TIMEOUT_MS`.
   */
  readonly flushTimeoutMs?: number | undefined;
  /**
   * Number of aggregator objects that the isolates are dealt out to, from 1 to 64. Default 1.
   * `PREFREEZE_SHARDS`.
   */
  readonly shards?: number | undefined;
  /** What else to measure: `queueBacklog`. Default: nothing; an unused measure is in no bundle. */
  readonly measures?: readonly DefineMeasure[] | undefined;
}

/** The default of `flushTimeoutMs`. */
export const FLUSH_TIMEOUT_MS = 5_000;

/** Reads the options of Workers alone, from options or variables. */
export function workerSettings(options: WorkerOptions, env: Readonly<Record<string, unknown>>) {
  return readSettings(options, env, "PREFREEZE_", { shards: upTo(64) });
}
