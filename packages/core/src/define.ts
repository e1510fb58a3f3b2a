import { isLabelName } from "./label-name.js";
import type { GaugeAggregate, Metric, MetricType } from "./metric.js";
import { state } from "./state.js";

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
  readonly buckets?: readonly number[];
  readonly aggregate?: GaugeAggregate;
}

/**
 * Registers a metric, or finds the one that is defined alike already (a second copy of the same file).
 *
 * @throws TypeError where the definition is wrong, naming the metric and the value.
 */
export function define(type: MetricType, definition: Definition, builtIn = false): Metric {
  const { name, help, labelNames = [], buckets = [], aggregate } = definition;
  // Copies: who made the arrays may go on to change them.
  const metric = {
    name,
    type,
    help,
    labelNames: labelNames.slice(),
    buckets: buckets.slice(),
    aggregate,
    builtIn,
    series: new Map(),
  };
  const known = state.metrics.get(name);
  const fault = (builtIn ? undefined : faultOf(metric)) ?? (known && conflictOf(metric, known));
  if (fault) throw new TypeError(`prefreeze: metric ${quote(name)}: ${fault}`);
  if (known) return known;
  state.metrics.set(name, metric);
  state.sorted = undefined;
  return metric;
}

/** What the gateway, Prometheus and prefreeze export themselves: with another type, every push is refused. */
const RESERVED =
  /^((faas|go|process|promhttp|pushgateway|prefreeze|scrape)_.*|push_(failure_)?time_seconds|up|target_info)$/;

function faultOf({ name, type, help, labelNames, buckets, aggregate }: Metric): string | undefined {
  if (!/^[a-zA-Z_:][\w:]*$/.test(name) || RESERVED.test(name))
    return "name is malformed or reserved";
  // `h` beside `h_count` breaks the gateway's scrape, and across functions nobody sees it coming.
  if (name.endsWith("_total") !== (type === "counter") || /_(count|sum|bucket)$/.test(name)) {
    return "name must end in _total for a counter, and else not in _total, _count, _sum or _bucket";
  }
  if (typeof help !== "string" || !help) return "help is missing";
  for (const [i, label] of labelNames.entries()) {
    if (
      !isLabelName(label) ||
      labelNames.indexOf(label) < i ||
      state.instance?.settings.grouping[label]
    ) {
      return `label ${quote(label)} is malformed, reserved, given twice or a grouping label`;
    }
  }
  for (const [i, bound] of buckets.entries()) {
    if (!Number.isFinite(bound) || bound <= buckets[i - 1]!)
      return `bucket ${quote(bound)} is not finite or does not rise`;
  }
  if (type === "histogram" && !buckets[0] && buckets[0] !== 0) return "buckets are missing";
  if (aggregate && !/^(last|sum|max|min)$/.test(aggregate)) {
    return `aggregate ${quote(aggregate)} is not last, sum, max or min`;
  }
  return undefined;
}

function conflictOf(metric: Metric, known: Metric): string | undefined {
  const [own, other] = [metric, known].map(({ type, labelNames, buckets, aggregate }) =>
    quote({ type, labelNames, buckets, aggregate }),
  );
  return own === other ? undefined : `${own} is already defined as ${other}`;
}

/** JSON has no `NaN` and `Infinity`. */
function quote(value: unknown): string {
  return typeof value === "number" ? `${value}` : JSON.stringify(value);
}
