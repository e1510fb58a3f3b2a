import type { MetricType } from "@prefreeze/core/adapter";

/** Names that the gateway, Prometheus and prefreeze have metrics of. */
const RESERVED =
  /^((faas|go|promhttp|pushgateway|prefreeze|scrape)_.*|push_(failure_)?time_seconds|up|target_info)$/;

/** Default metrics, which have these names in every Node.js program. */
const OF_NODE = /^(process|nodejs)_/;

const MAX_NAME_LENGTH = 255;

/**
 * The name that a metric of another library is pushed under. A counter must end in `_total`, as in OpenMetrics, and
 * nothing else in an ending that samples of a counter, histogram or summary have.
 *
 * @returns undefined if it cannot be pushed
 */
export function pushedNameOf(type: MetricType, name: string): string | undefined {
  if (!/^[a-zA-Z_:][\w:]*$/.test(name) || RESERVED.test(name)) return undefined;
  // The gateway has metrics of its own process.
  if (name.startsWith("process_") && type !== (name.endsWith("_total") ? "counter" : "gauge"))
    return undefined;
  const pushed = OF_NODE.test(name) ? name : safeNameOf(type, name);
  return pushed.length > MAX_NAME_LENGTH ? undefined : pushed;
}

function safeNameOf(type: MetricType, name: string): string {
  if (type === "counter") return name.endsWith("_total") ? name : `${name}_total`;
  return /_(total|count|sum|bucket)$/.test(name) ? `${name}_value` : name;
}
