import { isPromqlWord } from "../definitions/promql-word.js";
import { recordName } from "../definitions/record-name.js";
import type { Through } from "../definitions/through.js";

/** Which series of a metric: matchers of PromQL without braces, such as `job=~"$job"`. */
type Matchers = string;

/** A gauge of the user's own definitions. */
interface GaugeQuery {
  readonly name: string;
  readonly aggregate: "last" | "sum" | "max" | "min";
  readonly labelNames: readonly string[];
}

/** Growth of a counter, or of one of a histogram's series. */
export type Growth = (name: string, matchers: Matchers, by: readonly string[]) => string;

/** How a dashboard reads what functions have pushed: the queries differ, what they mean does not. */
export interface Queries {
  /** The least step of a query over time, as in `1m`; undefined: as Grafana chooses. */
  readonly minStep: string | undefined;
  /** Per second, over a window that fits the step. */
  readonly perSecond: Growth;
  /** Over the whole time range of the dashboard. */
  readonly inRange: Growth;
  /** The gauge as the newest push of each job has it. */
  readonly newest: (name: string, matchers: Matchers) => string;
  /** A gauge of the user's own definitions, as it combines the instances of each job. */
  readonly combined: (gauge: GaugeQuery, matchers: Matchers) => string;
  /** Instances of each job that pushed within 10 minutes. */
  readonly instances: (matchers: Matchers) => string;
}

/** What functions pushed through an aggregator: its totals need nothing but `rate` and `increase`. */
const throughAggregator: Queries = {
  minStep: undefined,
  perSecond: (name, matchers, by) =>
    `sum${clause(by)}(rate(${name}{${matchers}}[$__rate_interval]))`,
  inRange: (name, matchers, by) => `sum${clause(by)}(increase(${name}{${matchers}}[$__range]))`,
  // The aggregator has chosen and added up already.
  newest: (name, matchers) => `${name}{${matchers}}`,
  combined: ({ name, aggregate, labelNames }, matchers) =>
    aggregate === "last"
      ? select(name, matchers)
      : // Each aggregator has combined its own instances.
        `${aggregate}${clause(["job", ...labelNames])}(${select(name, matchers)})`,
  instances: (matchers) => `sum by (job) (prefreeze_instances{${matchers}})`,
};

/**
 * What functions pushed to the gateway themselves: each instance has series of its own, whose births and deaths `rate`
 * misses. So counters are read from the rules that record how much each of them grew in a minute.
 */
const directPushes: Queries = {
  // Below a minute, there is no record in most windows.
  minStep: "1m",
  perSecond: (name, matchers, by) =>
    `sum${clause(by)}(sum_over_time(${recordName(name)}{${matchers}}[$__rate_interval])) / ($__rate_interval_ms / 1000)`,
  inRange: (name, matchers, by) =>
    `sum${clause(by)}(sum_over_time(${recordName(name)}{${matchers}}[$__range]))`,
  newest: (name, matchers) => `${name}{${matchers}} and on (job, instance) ${newestPush(matchers)}`,
  combined: ({ name }, matchers) => `${name}:now{${matchers}}`,
  instances: (matchers) => `count by (job) ${present(matchers)}`,
};

/** How to read what was pushed through an aggregator, or through none. */
export const queriesThrough: Readonly<Record<Through, Queries>> = {
  aggregator: throughAggregator,
  none: directPushes,
};

function select(name: string, matchers: Matchers): string {
  return isPromqlWord(name) ? `{__name__="${name}",${matchers}}` : `${name}{${matchers}}`;
}

function clause(by: readonly string[]): string {
  const labels = by.filter((label) => !NO_LABEL.test(label));
  return labels.length === 0 ? " " : ` by (${labels.join(", ")}) `;
}

/** What PromQL does not read as a label there, so panels add up over it. */
const NO_LABEL = /^(without|inf|nan)$/i;

/** The group of each job that was pushed last. */
function newestPush(matchers: Matchers): string {
  const time = pushTime(matchers);
  return `(${time} == on (job) group_left () max by (job) (${time}))`;
}

/** The groups that were pushed within 10 minutes: an instance that is silent for longer goes on under another id. */
function present(matchers: Matchers): string {
  return `(time() - ${pushTime(matchers)} < 600)`;
}

/** A push has no trigger. */
function pushTime(matchers: Matchers): string {
  const ofGroup = matchers.split(", ").filter((matcher) => matcher.startsWith("job"));
  return `push_time_seconds{${ofGroup.join(", ")}}`;
}
