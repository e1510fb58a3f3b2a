import { catalog } from "../metrics/catalog.js";
import { here } from "./instance.js";

/**
 * Tells on one line of JSON what is on and why: platform, mode, address without credentials, job,
 * instance, snapshots and failures.
 */
export function explain(): string {
  const { instance } = here;
  if (instance === undefined) {
    return JSON.stringify({
      mode: "inert",
      reason: "no wrapped handler was called on its platform, or prefreeze is disabled",
    });
  }
  const { platform, settings, pushing } = instance;
  const { job, grouping, flushTimeoutMs, minFlushIntervalMs, maxSeries } = settings;
  const [mode, reason = `running on ${platform.name}`] = pushing
    ? platform.flushMode
    : ["recording only", "no usable PUSHGATEWAY_URL"];
  const { life, restored, journal, flusher } = pushing ?? {};
  return JSON.stringify({
    mode,
    reason,
    platform: platform.name,
    target: life?.url,
    job,
    instance: life?.id,
    life: restored ? "restored" : "new",
    journal: journal !== undefined,
    grouping,
    sequence: life?.sequence,
    breaker: flusher?.breaker.state,
    failuresInARow: flusher?.breaker.failures,
    flushTimeoutMs,
    minFlushIntervalMs,
    series: catalog.seriesCount,
    maxSeries,
  });
}
