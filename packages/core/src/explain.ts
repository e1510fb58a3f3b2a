import { state } from "./state.js";

/**
 * Tells on one line of JSON what is on and why: platform, mode, address without credentials, job,
 * instance, snapshots and failures.
 */
export function explain(): string {
  const { instance } = state;
  if (instance === undefined) {
    return JSON.stringify({
      mode: "inert",
      reason: "no wrapped handler was called on its platform, or prefreeze is disabled",
    });
  }
  const { platform, settings, id, sequence, failures } = instance;
  const { url, job, grouping, flushTimeoutMs, maxSeries } = settings;
  const [mode, reason = `running on ${platform.name}`] =
    url === undefined ? ["recording only", "no usable PUSHGATEWAY_URL"] : platform.flushMode;
  return JSON.stringify({
    mode,
    reason,
    platform: platform.name,
    target: url,
    job,
    instance: id,
    life: "new",
    grouping,
    sequence,
    failuresInARow: failures,
    flushTimeoutMs,
    series: state.seriesCount,
    maxSeries,
  });
}
