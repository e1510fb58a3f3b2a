import { isDevelopment } from "../runtime/development.js";
import { shorten } from "../runtime/shorten.js";
import { warnOnce } from "../runtime/warn.js";
import { catalog, foreign, redefined } from "./catalog.js";
import { labelNameFault, MAX_NAME_LENGTH } from "./label-name.js";
import type { GaugeAggregate, Metric, MetricType } from "./metric.js";
import { freeRoom, takeRoomFor } from "./room.js";

/** The definition of a metric. */
export interface MetricOptions<N extends readonly string[], Name = string, LabelNames = N> {
  /**
   * The name as Prometheus shows it: `[a-zA-Z_:][a-zA-Z0-9_:]*`, with its unit (`_seconds`, `_bytes`).
   * Counters end in `_total`, other metrics must not; no metric ends in `_count`, `_sum` or `_bucket`.
   */
  readonly name: Name;
  /** The meaning of the metric in one sentence. The same name must have the same help everywhere. */
  readonly help: string;
  /** The names of its labels. Default: none. Every recording must give each of them a value. */
  readonly labelNames?: LabelNames;
}

export interface Definition extends MetricOptions<readonly string[]> {
  readonly buckets?: readonly number[] | undefined;
  readonly aggregate?: GaugeAggregate | undefined;
}

/**
 * Registers a metric, or returns the existing one if it is defined alike (a second copy of the same file).
 *
 * In development, where files are edited while the program runs, another definition replaces it.
 *
 * @param typeFault a fault found by the type's own checks (buckets, aggregate)
 * @param replaces whether it may replace another definition of the user's
 * @throws TypeError if the definition is wrong; the message names the metric and the value
 */
export function define(
  type: MetricType,
  definition: Definition,
  builtIn = false,
  typeFault?: string,
  replaces = isDevelopment,
): Metric {
  const metric = newMetric(type, definition, builtIn);
  const owner = foreign.get(metric.name);
  const fault = builtIn
    ? undefined
    : (unknownOptionFault(type, definition) ?? faultOf(metric) ?? typeFault);
  if (fault !== undefined) throw new TypeError(faulty(metric, fault));
  if (owner)
    throw new TypeError(faulty(metric, `${owner.library} has it, too: rename one of them`));
  return list(metric, replaces);
}

/**
 * Lists a metric, or returns the listed one if it is alike.
 *
 * @param replaces whether it may replace another definition of the user's
 * @throws TypeError if it is listed with another shape
 */
export function list(metric: Metric, replaces = () => false): Metric {
  const { name, help, shape, builtIn } = metric;
  const known = catalog.metrics.get(name);
  if (known?.shape === shape) {
    known.restored = false;
    if (known.help !== help && replaces()) {
      known.help = help;
      known.header = undefined;
    }
    return known;
  }
  if (known && !known.restored) {
    const fault = `it is defined twice, as ${shorten(known.shape, 500)} and as ${shorten(shape, 500)}: rename one of them`;
    if (builtIn || known.builtIn || !replaces()) throw new TypeError(faulty(metric, fault));
    warnOnce(`${name} again`, `metric "${name}": ${fault}; in production, this throws`);
  }
  if (known) {
    freeRoom(known);
    if (known.restored) redefined.push(known);
    // Who wrote down the old series has to start again.
    catalog.changed = undefined;
  }
  if (takeRoomFor(metric)) catalog.metrics.set(name, metric);
  catalog.sorted = undefined;
  return metric;
}

function faulty({ name }: Metric, fault: string): string {
  return `prefreeze: metric ${quoted(name)}: ${fault}`;
}

export function newMetric(type: MetricType, definition: Definition, builtIn: boolean): Metric {
  const { name, help, aggregate } = definition;
  // Copies, since the caller may change its arrays later.
  const labelNames = ([] as string[]).concat(definition.labelNames ?? []);
  const buckets = definition.buckets && Array.from(definition.buckets);
  return {
    name,
    type,
    help,
    labelNames,
    buckets,
    aggregate,
    shape: JSON.stringify({ type, labelNames, buckets, aggregate }),
    builtIn,
    restored: false,
    takenLabel: builtIn
      ? undefined
      : labelNames.find((label) => Object.hasOwn(catalog.takenLabels ?? {}, label)),
    reservedUpTo: Infinity,
    header: undefined,
    series: new Map(),
  };
}

/**
 * Defines a metric restored from another process, so that its totals continue. If the code defines it with
 * another shape, before or later, it stays in the restored life alone. Its name was checked by that process.
 *
 * @returns undefined if it is one of prefreeze itself that this process does not have
 */
export function defineRestored(type: MetricType, definition: Definition): Metric | undefined {
  const known = catalog.metrics.get(definition.name);
  if (!known && /^(faas|prefreeze)_/.test(definition.name)) return undefined;
  const kept = newMetric(type, definition, true);
  if (known && known.shape !== kept.shape) {
    redefined.push(kept);
    return kept;
  }
  try {
    const metric = list(newMetric(type, definition, known?.builtIn ?? false));
    metric.restored = !known;
    return metric;
  } catch {
    // It has this shape, if it is known.
    return undefined;
  }
}

/** The options that only one type has. */
const OWN_OPTION: Readonly<Partial<Record<MetricType, string>>> = {
  gauge: "aggregate",
  histogram: "buckets",
};

function unknownOptionFault(type: MetricType, definition: object): string | undefined {
  const options = ["name", "help", "labelNames", OWN_OPTION[type]].filter(Boolean);
  for (const [option, value] of Object.entries(definition)) {
    if (value !== undefined && !options.includes(option))
      return `a ${type} has no option ${quoted(option)}: use ${options.join(", ")}`;
  }
  return undefined;
}

/** Names that the gateway, Prometheus and prefreeze export. With another type, the gateway would refuse every push. */
const RESERVED =
  /^((faas|go|process|promhttp|pushgateway|prefreeze|scrape)_.*|push_(failure_)?time_seconds|up|target_info)$/;

const MAX_HELP_LENGTH = 1_024;
const MAX_LABELS = 32;

function faultOf({ name, type, help, labelNames, takenLabel }: Metric): string | undefined {
  if (typeof name !== "string" || !/^[a-zA-Z_:][\w:]*$/.test(name))
    return "the name must match [a-zA-Z_:][a-zA-Z0-9_:]*";
  if (name.length > MAX_NAME_LENGTH) return `the name is longer than ${MAX_NAME_LENGTH} characters`;
  if (RESERVED.test(name)) return "the name is reserved";
  if (type === "counter" && !name.endsWith("_total")) return "a counter's name must end in _total";
  // `h` beside `h_count` of another function breaks the gateway's scrape, and nobody would see why.
  const [suffix] = /_(total|count|sum|bucket)$/.exec(name) ?? [];
  if (type !== "counter" && suffix) return `the name must not end in ${suffix}`;
  if (typeof help !== "string" || !help) return "help is missing";
  if (help.length > MAX_HELP_LENGTH) return `help is longer than ${MAX_HELP_LENGTH} characters`;
  if (labelNames.length > MAX_LABELS) return `it has more than ${MAX_LABELS} labels`;
  for (const [i, label] of labelNames.entries()) {
    let fault = labelNameFault(label);
    if (labelNames.indexOf(label) < i) fault = "is listed twice";
    if (label === takenLabel && catalog.takenLabels?.[label])
      fault = "is a grouping or constant label already";
    if (fault) return `label ${quoted(label)} ${fault}`;
  }
  return undefined;
}

/** A value as a message shows it: on one line, and short. */
export function quoted(text: unknown): string {
  // JSON has no symbols.
  const written = JSON.stringify(text) as string | undefined;
  return shorten(written ?? String(text), 100);
}
