import { isLabelName } from "./label-name.js";
import type { GaugeAggregate, Metric, MetricType } from "./metric.js";
import { weightOf } from "./series.js";
import { catalog } from "./catalog.js";

/** What every definition has. */
export interface MetricOptions<N extends readonly string[]> {
  /**
   * Name as Prometheus will show it: `[a-zA-Z_:][a-zA-Z0-9_:]*`, with its unit (`_seconds`, `_bytes`).
   * Counters end in `_total`; nothing else does, and nothing ends in `_count`, `_sum` or `_bucket`.
   */
  readonly name: string;
  /** What the metric means, in one sentence. The same name has the same help everywhere. */
  readonly help: string;
  /** Names of its labels; default none. Every recording gives each of them a value. */
  readonly labelNames?: N;
}

interface Definition extends MetricOptions<readonly string[]> {
  readonly buckets?: readonly number[] | undefined;
  readonly aggregate?: GaugeAggregate;
}

/**
 * Registers a metric, or finds the one that is defined alike already (a second copy of the same file).
 *
 * @param ownFault what is wrong with that which only its type has
 * @throws TypeError where the definition is wrong, naming the metric and the value.
 */
export function define(
  type: MetricType,
  definition: Definition,
  builtIn = false,
  ownFault?: string,
): Metric {
  const { name, help, aggregate } = definition;
  // Copies: who made the arrays may go on to change them.
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
    header: undefined,
    series: new Map(),
  };
  let fault = builtIn ? undefined : (faultOf(metric) ?? ownFault);
  if (!fault && known?.restored && known.shape !== shape) {
    for (const series of known.series.values()) catalog.seriesCount -= weightOf(series);
    known = undefined;
  }
  if (known && known.shape !== shape) fault ??= `${shape} is already defined as ${known.shape}`;
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
 * Defines what another process had, to go on with its totals until the definition comes, and wins where it
 * differs; undefined where it differs from what is defined already.
 */
export function defineAgain(type: MetricType, definition: Definition): Metric | undefined {
  const known = catalog.metrics.get(definition.name);
  try {
    const metric = define(type, definition, known?.builtIn);
    metric.restored = !known;
    return metric;
  } catch {
    return undefined;
  }
}

/** What the gateway, Prometheus and prefreeze export themselves: with another type, every push is refused. */
const RESERVED =
  /^((faas|go|process|promhttp|pushgateway|prefreeze|scrape)_.*|push_(failure_)?time_seconds|up|target_info)$/;

function faultOf({ name, type, help, labelNames }: Metric): string | undefined {
  if (typeof name !== "string" || !/^[a-zA-Z_:][\w:]*$/.test(name) || RESERVED.test(name))
    return "name is malformed or reserved";
  // `h` beside `h_count` breaks the gateway's scrape, and across functions nobody sees it coming.
  if (name.endsWith("_total") !== (type === "counter") || /_(count|sum|bucket)$/.test(name)) {
    return "name must end in _total for a counter, and else not in _total, _count, _sum or _bucket";
  }
  if (typeof help !== "string" || !help) return "help is missing";
  for (const [i, label] of labelNames.entries()) {
    if (!isLabelName(label) || labelNames.indexOf(label) < i || catalog.groupLabels?.[label]) {
      return `label ${JSON.stringify(label)} is malformed, reserved, empty or in use already`;
    }
  }
  return undefined;
}
