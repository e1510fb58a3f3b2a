import { catalog } from "../metrics/catalog.js";
import { whyInert } from "./activation.js";
import { currentInstance } from "./current.js";
import type { Instance } from "./instance.js";

/**
 * Explains what prefreeze does in this process, and why, for a person or a log.
 *
 * @returns one line of JSON: platform, mode and reason, address without credentials, job, instance,
 *   sequence of the newest snapshot, state of the breaker, series
 */
export function explain(): string {
  const instance = currentInstance();
  if (instance === undefined) return JSON.stringify({ mode: "inert", reason: whyInert() });
  const { platform, settings, options, pusher } = instance;
  const { job, grouping, labels, format, flushTimeoutMs, minFlushIntervalMs, maxSeries } = settings;
  const [mode, reason = `running on ${platform.name}`] = pusher
    ? platform.flushMode
    : ["recording only", whyNoAddress(instance)];
  const { life, restored, journal, flusher } = pusher ?? {};
  return JSON.stringify({
    mode,
    reason,
    platform: platform.name,
    target: life?.url,
    transport: pusher && (options.transport ?? platform.transport).explain?.(),
    job,
    instance: life?.id,
    life: restored ? "restored" : "new",
    journal: journal ? (journal.abandoned ?? true) : false,
    grouping,
    labels,
    sequence: life?.sequence,
    format: format?.name ?? "text",
    breaker: flusher?.breaker.state,
    failuresInARow: flusher?.breaker.failures,
    flushTimeoutMs,
    minFlushIntervalMs,
    series: catalog.seriesCount,
    maxSeries,
  });
}

function whyNoAddress({ options, platform }: Instance): string {
  if (options.url !== undefined) return "the url option is malformed";
  return `PUSHGATEWAY_URL is ${platform.env["PUSHGATEWAY_URL"] ? "malformed" : "not set"}`;
}
