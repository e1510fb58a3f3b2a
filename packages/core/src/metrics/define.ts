import { labelNameFault } from "./label-name.js";
import type { GaugeAggregate, Metric, MetricType } from "./metric.js";
import { weightOf } from "./series.js";
import { catalog } from "./catalog.js";

/** The definition of a metric. */
export interface MetricOptions<N extends readonly string[]> {
  /**
   * The name as Prometheus shows it: `[a-zA-Z_:][a-zA-Z0-9_:]*`, with its unit (`_seconds`, `_bytes`).
   * Counters end in `_total`, other metrics must not; no metric ends in `_count`, `_sum` or `_bucket`.
   */
  readonly name: string;
  /** The meaning of the metric in one sentence. The same name must have the same help everywhere. */
  readonly help: string;
  /** The names of its labels. Default: none. Every recording must give each of them a value. */
  readonly labelNames?: N;
}

interface Definition extends MetricOptions<readonly string[]> {
  readonly buckets?: readonly number[] | undefined;
  readonly aggregate?: GaugeAggregate;
}

/**
 * Registers a metric, or returns the existing one if it is defined alike (a second copy of the same file).
 *
 * @param typeFault a fault found by the type's own checks (buckets, aggregate)
 * @throws TypeError if the definition is wrong; the message names the metric and the value
 */
export function define(
  type: MetricType,
  definition: Definition,
  builtIn = false,
  typeFault?: string,
): Metric {
  const { name, help, aggregate } = definition;
  // Copies, since the caller may change its arrays later.
  const labelNames = ([] as string[]).concat(definition.labelNames ?? []);
  const buckets = definition.buckets?.slice();
  const shape = JSON.stringify({ type, labelNames, buckets, aggregate });
  let known = catalog.metrics.get(name);
  const metric: Metric = {
    name,
    type,
    help,
    labelNames,
    buckets,
    aggregate,
    shape,
    builtIn,
    restored: false,
    groupLabel: builtIn ? undefined : labelNames.find((label) => catalog.groupLabels?.[label]),
    header: undefined,
    series: new Map(),
  };
  let fault = builtIn ? undefined : (faultOf(metric) ?? typeFault);
  if (!fault && known?.restored && known.shape !== shape) {
    for (const series of known.series.values()) catalog.seriesCount -= weightOf(series);
    known = undefined;
  }
  if (known && known.shape !== shape)
    fault ??= `it is defined twice, as ${known.shape} and as ${shape}: rename one of them`;
  if (fault) throw new TypeError(`prefreeze: metric ${JSON.stringify(name)}: ${fault}`);
  if (known) {
    known.restored = false;
    return known;
  }
  catalog.metrics.set(name, metric);
  catalog.sorted = undefined;
  return metric;
}

/**
 * Defines a metric restored from another process, so that its totals continue. A later definition in code
 * replaces it if the shape differs.
 *
 * @returns undefined if the metric is already defined with another shape
 */
export function defineRestored(type: MetricType, definition: Definition): Metric | undefined {
  const known = catalog.metrics.get(definition.name);
  try {
    const metric = define(type, definition, known?.builtIn);
    metric.restored = !known;
    return metric;
  } catch {
    return undefined;
  }
}

/** Names that the gateway, Prometheus and prefreeze export. With another type, the gateway would refuse every push. */
const RESERVED =
  /^((faas|go|process|promhttp|pushgateway|prefreeze|scrape)_.*|push_(failure_)?time_seconds|up|target_info)$/;

function faultOf({ name, type, help, labelNames, groupLabel }: Metric): string | undefined {
  if (typeof name !== "string" || !/^[a-zA-Z_:][\w:]*$/.test(name))
    return "the name must match [a-zA-Z_:][a-zA-Z0-9_:]*";
  if (RESERVED.test(name)) return "the name is reserved";
  if (type === "counter" && !name.endsWith("_total")) return "a counter's name must end in _total";
  // `h` beside `h_count` of another function breaks the gateway's scrape, and nobody would see why.
  const [suffix] = /_(total|count|sum|bucket)$/.exec(name) ?? [];
  if (type !== "counter" && suffix) return `the name must not end in ${suffix}`;
  if (typeof help !== "string" || !help) return "help is missing";
  for (const [i, label] of labelNames.entries()) {
    let fault = labelNameFault(label);
    if (labelNames.indexOf(label) < i) fault = "is listed twice";
    if (label === groupLabel && !catalog.groupedByVariable) fault = "is a grouping label already";
    if (fault) return `label ${JSON.stringify(label)} ${fault}`;
  }
  return undefined;
}
