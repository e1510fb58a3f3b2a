import { builtIn, initSeries } from "../metrics/built-in.js";
import { catalog } from "../metrics/catalog.js";
import { touchTotal } from "../metrics/cells.js";
import type { Metric } from "../metrics/metric.js";
import { stopwatch } from "../runtime/stopwatch.js";
import { warnOnce } from "../runtime/warn.js";
import type { Conflict } from "../target/conflict.js";

/** By then, a collector may have deleted the groups of the other definition. */
const LEFT_OUT_MS = 1_800_000;

/**
 * The metrics that the gateway refuses, since another function defines them otherwise. Snapshots go without
 * them, so that all else arrives. Their totals grow on, and they are pushed again after half an hour.
 */
export interface LeftOut {
  /** Their names. */
  now(): ReadonlySet<string>;
  /** @returns whether a metric is left out that was not before, so that another push is worth it */
  add(conflicts: readonly Conflict[]): boolean;
}

export function createLeftOut(): LeftOut {
  /** By name, how long each has been left out, in milliseconds. */
  const sinceMs = new Map<string, () => number>();
  // Defined at once, so that a restored value finds it. It has no series before the first conflict.
  const counter = builtIn("counter", "prefreeze_conflicts_total", "Metrics left out of pushes.");

  function leaveOut({ name, type }: Metric, { names, types }: Conflict): void {
    sinceMs.set(name, stopwatch());
    touchTotal(initSeries(counter)).value++;
    const collides = names.find((each) => each !== name);
    const otherType = types.find((each) => each !== type) ?? "a metric of another type";
    const reason = collides ? `has "${collides}"` : `has it as ${otherType}`;
    warnOnce(
      `${name} conflict`,
      `metric "${name}" (${type}) is left out of pushes, since another function ${reason}: rename one of them`,
    );
  }

  return {
    now() {
      for (const [name, outMs] of sinceMs) if (outMs() >= LEFT_OUT_MS) sinceMs.delete(name);
      return new Set(sinceMs.keys());
    },
    add(conflicts) {
      const { size } = sinceMs;
      for (const conflict of conflicts) {
        for (const name of conflict.names) {
          const metric = catalog.metrics.get(name);
          if (metric && !sinceMs.has(name)) leaveOut(metric, conflict);
        }
      }
      return sinceMs.size > size;
    },
  };
}

/**
 * What the gateway has acknowledged under one id: the newest snapshot and, of the metrics that were left out of
 * it, what had been acknowledged before.
 */
export function withLeftOut(
  snapshot: string,
  leftOut: ReadonlySet<string>,
  before: string | undefined,
): string {
  if (leftOut.size === 0 || before === undefined) return snapshot;
  const families = before.split(/^(?=# HELP )/m);
  return snapshot + families.filter((family) => leftOut.has(family.split(" ", 3)[2]!)).join("");
}
