import type { Dashboard, Query, Variable } from "../../../packages/cli/src/dashboard/dashboard.js";

/** One series of an answer: of a query of the present, with one value. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** In the order of time. */
  readonly values: readonly number[];
}

/** What the reader of a dashboard looks at. */
export interface View {
  /** The data source. */
  readonly url: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** The interval of scrapes that the data source is configured with. */
  readonly scrapeIntervalMs: number;
  /** What the reader chooses; of other variables, all values, or the first. */
  readonly chosen?: Readonly<Record<string, string>>;
  /** How many times faster than the shipped one the rules are: least steps are shorter by it. */
  readonly speed: number;
}

/** The values of a dashboard's variables. An array: several are chosen. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

const WIDTH_IN_POINTS = 60;

/** Asks for the values that a dashboard's variables offer, from the first to the last, as Grafana does. */
export async function resolveVariables(
  { templating }: Dashboard,
  view: View,
): Promise<{ readonly values: Values; readonly offered: Readonly<Record<string, string[]>> }> {
  const values: Record<string, string | readonly string[]> = {};
  const offered: Record<string, string[]> = {};
  for (const variable of templating.list) {
    if (variable.type === "datasource") continue;
    const options = await offeredBy(variable, values, view);
    offered[variable.name] = options;
    const chosen = view.chosen?.[variable.name];
    if (chosen !== undefined) values[variable.name] = chosen;
    else if (!variable.includeAll) values[variable.name] = options[0] ?? "";
    else values[variable.name] = variable.allValue ?? options;
  }
  return { values: withAllValues(values, templating.list), offered };
}

/** An `allValue` is text that stays as it is; the marker keeps it from being escaped. */
const VERBATIM = "\u0000";

function withAllValues(
  values: Readonly<Record<string, string | readonly string[]>>,
  variables: readonly Variable[],
): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const { allValue } = variables.find((each) => each.name === name)!;
      return [name, value === allValue ? VERBATIM + allValue : value];
    }),
  );
}

async function offeredBy(
  { name, query }: Variable,
  values: Readonly<Record<string, string | readonly string[]>>,
  view: View,
): Promise<string[]> {
  const text = (query as { readonly query: string }).query;
  const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? [];
  if (series === undefined)
    throw new Error(`the variable ${name} asks for something else: ${text}`);
  const interpolated = replaceVariables(series, values);
  const { fromMs, toMs, url } = view;
  return (
    await answerOf<string[]>(`${url}/api/v1/label/${label}/values`, {
      "match[]": interpolated,
      start: seconds(fromMs),
      end: seconds(toMs),
    })
  ).toSorted();
}

/** Runs a query of a panel as Grafana does. */
export async function ask(query: Query, values: Values, view: View): Promise<Series[]> {
  const { fromMs, toMs, url, speed } = view;
  const scrapeMs =
    query.interval === undefined ? view.scrapeIntervalMs : durationMs(query.interval) / speed;
  const stepMs = Math.max(Math.ceil((toMs - fromMs) / WIDTH_IN_POINTS / 1_000) * 1_000, scrapeMs);
  const rateMs = Math.max(stepMs + scrapeMs, 4 * scrapeMs);
  const rangeS = Math.round((toMs - fromMs) / 1_000);
  const expr = replaceVariables(query.expr, {
    ...values,
    __rate_interval: `${rateMs / 1_000}s`,
    __rate_interval_ms: String(rateMs),
    __interval: `${stepMs / 1_000}s`,
    __range: `${rangeS}s`,
    __range_s: String(rangeS),
  });
  if (query.instant) {
    const { result } = await answerOf<{
      readonly result: readonly { metric: Record<string, string>; value: [number, string] }[];
    }>(`${url}/api/v1/query`, { query: expr, time: seconds(toMs) });
    return result.map(({ metric, value }) => ({ labels: metric, values: [Number(value[1])] }));
  }
  // Grafana's steps are at multiples of their length.
  const aligned = (ms: number) => Math.floor(ms / stepMs) * stepMs;
  const { result } = await answerOf<{
    readonly result: readonly { metric: Record<string, string>; values: [number, string][] }[];
  }>(`${url}/api/v1/query_range`, {
    query: expr,
    start: seconds(aligned(fromMs)),
    end: seconds(aligned(toMs)),
    step: String(stepMs / 1_000),
  });
  return result.map(({ metric, values: points }) => ({
    labels: metric,
    values: points.map(([, value]) => Number(value)),
  }));
}

/** Replaces `$name` in PromQL, as Grafana's Prometheus data source does: several values become a regular expression. */
function replaceVariables(text: string, values: Values): string {
  const replaced = text.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the variable $${name} has no value: ${text}`);
    if (typeof value !== "string")
      return value.length === 1 ? regexEscape(value[0]!) : `(${value.map(regexEscape).join("|")})`;
    if (value.startsWith(VERBATIM)) return value.slice(1);
    return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  });
  return replaced;
}

/** A regular expression within a text of PromQL, so its backslashes are doubled. */
function regexEscape(value: string): string {
  return value
    .replaceAll("\\", String.raw`\\\\`)
    .replaceAll(/[$^*{}[\]'+?.()|]/g, String.raw`\\$&`);
}

function durationMs(text: string): number {
  const [, count, unit] = /^(\d+)([sm])$/.exec(text)!;
  return Number(count) * (unit === "m" ? 60_000 : 1_000);
}

const seconds = (ms: number) => String(ms / 1_000);

/** @throws Error with what the data source says, if it refuses the query */
async function answerOf<T>(url: string, parameters: Readonly<Record<string, string>>): Promise<T> {
  const response = await fetch(`${url}?${new URLSearchParams(parameters)}`);
  const { data, error } = (await response.json()) as { data?: T; error?: string };
  if (data === undefined) throw new Error(`${JSON.stringify(parameters)}: ${error}`);
  return data;
}
