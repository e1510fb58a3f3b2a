import { currentInstance, onCollect, shared, warnOnce } from "@prefreeze/core/adapter";
import { isSupportedNode } from "../process/supported-node.js";
import { measureActiveResources } from "./active-resources.js";
import { measureCpuTime } from "./cpu-time.js";
import { measureEventLoop } from "./event-loop.js";
import { measureGarbageCollection } from "./garbage-collection.js";
import { measureHeap, measureProcessMemory } from "./memory.js";
import { measureOpenFiles } from "./open-files.js";
import { measureStart, measureVersion } from "./process-info.js";

/** The labels of these metrics. */
const LABELS = [
  "kind",
  "major",
  "minor",
  "nodejs_eventloop_state",
  "patch",
  "space",
  "type",
  "version",
];
/** What all but the counters tell may be this old: a function that answers within a millisecond pushes as often. */
const MAX_AGE_MS = 1_000;

const state = shared("processMetrics", { defined: false });

/**
 * Pushes metrics of the process and of Node.js with everything else: CPU time, memory, open files, delays of the
 * event loop, garbage collections. Call it once, at the start; further calls do nothing. They are those of
 * prom-client's `collectDefaultMetrics()`, and `nodejs_eventloop_time_seconds_total` and
 * `nodejs_eventloop_utilization_ratio` of OpenTelemetry. Nothing is measured if nothing is pushed.
 *
 * @throws TypeError if the program has a metric of one of these names with another shape
 *
 * Source: prom-client 15; https://opentelemetry.io/docs/specs/semconv/runtime/nodejs-metrics/
 */
export function processMetrics(): void {
  // The edge runtime has no process.
  if (state.defined || "EdgeRuntime" in globalThis || !isSupportedNode()) return;
  // The gateway would overwrite the label, and take several series for the same one.
  const { grouping = {} } = currentInstance()?.settings ?? {};
  const taken = LABELS.find((label) => Object.hasOwn(grouping, label));
  if (taken !== undefined) {
    warnOnce("processMetrics", `processMetrics() measures nothing: "${taken}" is a grouping label`);
    return;
  }
  const { isMainThread } = process.getBuiltinModule("node:worker_threads");
  const cpuTime = measureCpuTime(isMainThread);
  const eventLoop = measureEventLoop();
  const garbageCollection = measureGarbageCollection();
  const ofThread = [measureHeap(), measureActiveResources(), measureVersion()];
  // Threads with instances of their own would each count the whole process.
  const ofProcess = [measureProcessMemory, measureOpenFiles, measureStart];
  const gauges = [...ofThread, ...(isMainThread ? ofProcess.map((define) => define()) : [])];
  state.defined = true;

  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    eventLoop.begin();
    garbageCollection.begin();
  };
  let setMs = -Infinity;
  onCollect(() => {
    begin();
    cpuTime();
    eventLoop.count();
    garbageCollection.collect();
    const nowMs = performance.now();
    if (nowMs - setMs < MAX_AGE_MS) return undefined;
    setMs = nowMs;
    for (const gauge of gauges) gauge();
    eventLoop.collect();
    return undefined;
  });
  // An instance is usually set up by the same code. In a process that pushes nothing, nothing is measured.
  queueMicrotask(() => {
    if (currentInstance()?.pusher && !isBuildingSnapshot()) begin();
  });
}

/** The memory of this process is to be restored by others: a timer cannot be part of it. */
function isBuildingSnapshot(): boolean {
  const { startupSnapshot } = process.getBuiltinModule("node:v8");
  return startupSnapshot.isBuildingSnapshot();
}
