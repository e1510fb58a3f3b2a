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

interface Definition {
  readonly type: MetricType;
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly buckets?: readonly number[];
  readonly aggregate?: GaugeAggregate;
  readonly builtIn?: boolean;
}

/**
 * Registers a metric, or finds the one that is defined alike already (a second copy of the same file).
 *
 * @throws TypeError where the definition is wrong, naming the metric and the value.
 */
export function define(definition: Definition): Metric {
  if (definition.builtIn !== true) check(definition);
  const { name } = definition;
  const known = state.metrics.get(name);
  if (known !== undefined) {
    const difference = (["type", "labelNames", "buckets", "aggregate"] as const).find(
      (field) => String(known[field] ?? "") !== String(definition[field] ?? ""),
    );
    if (difference === undefined) return known;
    throw wrong(name, `is defined already with another ${difference}: ${quote(known[difference])}, not ${quote(definition[difference])}`);
  }
  const grouping = state.instance?.settings.grouping ?? {};
  for (const label of definition.labelNames) {
    if (Object.hasOwn(grouping, label)) throw wrong(name, `has the label "${label}", which is a grouping label`);
  }
  const metric: Metric = {
    name,
    type: definition.type,
    help: definition.help,
    labelNames: [...definition.labelNames],
    buckets: [...(definition.buckets ?? [])],
    aggregate: definition.aggregate,
    builtIn: definition.builtIn ?? false,
    series: new Map(),
  };
  state.metrics.set(name, metric);
  state.sorted = undefined;
  return metric;
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Set by Prometheus or the gateway. */
const RESERVED_LABELS: readonly string[] = ["le", "quantile", "job", "instance"];
/** What the gateway, Prometheus and prefreeze export themselves: with another type, every push is refused. */
const RESERVED_NAMES =
  /^(?:(?:go|process|promhttp|pushgateway|prefreeze|scrape)_.*|push_(?:failure_)?time_seconds|up|target_info)$/;
/** `h` beside `h_count` breaks the gateway's scrape, and across functions nobody sees it coming. */
const DERIVED_SUFFIX = /_(?:total|count|sum|bucket)$/;

function check({ name, type, help, labelNames, buckets = [], aggregate }: Definition): void {
  if (typeof name !== "string" || !METRIC_NAME.test(name)) {
    throw new TypeError(`prefreeze: the metric name ${quote(name)} does not match ${METRIC_NAME.source}`);
  }
  if (RESERVED_NAMES.test(name)) {
    throw wrong(name, "has a name that the gateway, Prometheus or prefreeze exports itself");
  }
  const suffix = DERIVED_SUFFIX.exec(name)?.[0];
  if (type === "counter" ? suffix !== "_total" : suffix !== undefined) {
    throw wrong(
      name,
      type === "counter"
        ? `is a counter, so its name must end in "_total"`
        : `is a ${type}, so its name must not end in "${suffix}"`,
    );
  }
  if (typeof help !== "string" || help === "") throw wrong(name, `needs a help text, not ${quote(help)}`);
  if (!Array.isArray(labelNames)) throw wrong(name, `needs an array of labelNames, not ${quote(labelNames)}`);
  labelNames.forEach((label: unknown, i) => {
    if (typeof label !== "string" || !LABEL_NAME.test(label)) {
      throw wrong(name, `has the label name ${quote(label)}, which does not match ${LABEL_NAME.source}`);
    }
    if (RESERVED_LABELS.includes(label)) throw wrong(name, `has the label name "${label}", which is reserved`);
    if (labelNames.indexOf(label) !== i) throw wrong(name, `has the label name "${label}" twice`);
  });
  if (!Array.isArray(buckets) || (type === "histogram" && buckets.length === 0)) {
    throw wrong(name, `needs an array of at least one bucket, not ${quote(buckets)}`);
  }
  buckets.forEach((bound: unknown, i) => {
    if (typeof bound !== "number" || !Number.isFinite(bound) || (i > 0 && bound <= buckets[i - 1]!)) {
      throw wrong(name, `has the bucket ${quote(bound)}; bounds are finite and rise ("+Inf" is added by itself)`);
    }
  });
  if (aggregate !== undefined && !["last", "sum", "max", "min"].includes(aggregate)) {
    throw wrong(name, `has the aggregate ${quote(aggregate)}; it is "last", "sum", "max" or "min"`);
  }
}

function wrong(name: string, what: string): TypeError {
  return new TypeError(`prefreeze: the metric "${name}" ${what}`);
}

function quote(value: unknown): string {
  return typeof value === "string" || Array.isArray(value) ? JSON.stringify(value) : String(value);
}
