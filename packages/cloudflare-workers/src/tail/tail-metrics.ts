import {
  bounded,
  builtIn,
  cellOf,
  DURATION_BUCKETS,
  guarded,
  initSeries,
  observeIn,
  seriesOf,
} from "@prefreeze/core/adapter";
import { type TailItem, triggerOf } from "./tail-item.js";

/**
 * All that the runtime has.
 *
 * Source: https://github.com/cloudflare/workerd/blob/main/src/workerd/io/outcome.capnp
 */
const OUTCOME =
  /^(ok|exception|canceled|unknown|killSwitch|daemonDown|exceededCpu|exceededMemory|exceededWallTime|loadShed|responseStreamDisconnected|scriptNotFound|internalError|aborted)$/;
/** In seconds, from a millisecond to the longest CPU time that a Worker can have. */
const CPU_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];
/** Scripts, each with each of its triggers. All their series take half of the room that a snapshot has. */
const MAX_COMBINATIONS = 100;
const OTHER = "_OTHER";

/**
 * Makes a tail handler that counts the invocations of other Workers: `cloudflare_worker_outcomes_total`, by script,
 * trigger and outcome, and `cloudflare_worker_cpu_seconds` and `cloudflare_worker_wall_seconds`, in seconds, by script
 * and trigger. At most 100 pairs of script and trigger are told apart. To be wrapped: `instrument({ tail: tailMetrics() })`.
 *
 * @throws TypeError if the Worker has a metric of one of these names with another shape
 */
export function tailMetrics(): (events: readonly TailItem[]) => void {
  const labelNames = ["script_name", "faas_trigger"];
  const outcomes = builtIn(
    "counter",
    "cloudflare_worker_outcomes_total",
    "Invocations of Workers by how they ended.",
    [...labelNames, "outcome"],
  );
  const histogram = (name: string, help: string, buckets: readonly number[]) => {
    const metric = builtIn("histogram", name, help, labelNames, buckets);
    return (labels: Readonly<Record<string, string>>, ms: unknown) => {
      // An older runtime does not tell the time.
      if (typeof ms === "number" && ms >= 0 && ms < Infinity)
        observeIn(cellOf(seriesOf(metric, labels)!), buckets, ms / 1_000);
    };
  };
  const observeCpu = histogram(
    "cloudflare_worker_cpu_seconds",
    "CPU time of invocations of Workers.",
    CPU_BUCKETS,
  );
  const observeWall = histogram(
    "cloudflare_worker_wall_seconds",
    "Time of invocations of Workers.",
    DURATION_BUCKETS,
  );
  const boundedPair = bounded(MAX_COMBINATIONS);

  const count = (item: TailItem) => {
    const { scriptName, outcome, cpuTime, wallTime } = item;
    const script = scriptName ?? "unknown";
    const trigger = triggerOf(item);
    const known = boundedPair(`${trigger} ${script}`) !== OTHER;
    const labels = { script_name: known ? script : OTHER, faas_trigger: trigger };
    const ended = OUTCOME.test(outcome) ? outcome : OTHER;
    if (!seriesOf(outcomes, { ...labels, outcome: "ok" })!.total) {
      // So that ratios exist at 0 % and at 100 %.
      for (const first of ["ok", "exception"]) initSeries(outcomes, { ...labels, outcome: first });
    }
    cellOf(seriesOf(outcomes, { ...labels, outcome: ended })!).value++;
    observeCpu(labels, cpuTime);
    observeWall(labels, wallTime);
  };
  return (events) => {
    for (const item of events) guarded(() => count(item));
  };
}
