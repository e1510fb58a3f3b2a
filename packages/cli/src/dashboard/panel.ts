import { RUNBOOKS } from "./runbooks.js";
import { chosenDataSource } from "./data-source.js";
import type { FieldDefaults, Query, QueryPanel, Threshold } from "./dashboard.js";

/** A panel without its place on the dashboard. */
export interface UnplacedPanel extends Omit<QueryPanel, "id" | "gridPos"> {
  /** In columns, of 24. */
  readonly width: number;
  /** In rows of 30 pixels. */
  readonly height: number;
}

/** What a panel asks, and how it names the answer. */
export interface Line {
  /** PromQL, with Grafana's variables. */
  readonly expr: string;
  /** The name of the series: text with `{{label}}`. Empty: its labels. */
  readonly legend: string;
  /** Of a line whose colour has a meaning. */
  readonly color?: string;
}

/** What every panel has. */
export interface PanelWords {
  readonly title: string;
  /** How to read it, in Markdown. */
  readonly description: string;
  /** The alerts of `infra/prometheus` about it: the description links to what to do. */
  readonly alerts?: readonly string[];
  readonly width?: number;
  readonly height?: number;
  /** Grafana's name of the unit, such as `s`, `bytes`, `percentunit` or `ops`. */
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly thresholds?: readonly Threshold[];
  /** The least step of its queries, as in `1m`. */
  readonly minStep?: string | undefined;
  /** What stands in place of a number if there is no data. */
  readonly noValue?: string;
  /** The variable for each of whose values the panel is shown once. */
  readonly repeat?: string;
}

/** Green, and then other colours from these values on. */
export function thresholds(
  ...steps: readonly (readonly [value: number, color: string])[]
): readonly Threshold[] {
  return [{ color: "green", value: null }, ...steps.map(([value, color]) => ({ color, value }))];
}

/** Queries over time, one for each line. */
export function rangeQueries(lines: readonly Line[], minStep?: string): Query[] {
  return lines.map(({ expr, legend }, index) => ({
    ...query(expr, index),
    legendFormat: legend,
    ...(minStep !== undefined && { interval: minStep }),
  }));
}

/** Queries of the present, one for each line. */
export function instantQueries(lines: readonly Line[], format: Query["format"]): Query[] {
  return lines.map(({ expr, legend }, index) => ({
    ...query(expr, index),
    format,
    instant: true,
    range: false,
    legendFormat: legend,
  }));
}

function query(expr: string, index: number): Query {
  return {
    refId: String.fromCharCode("A".charCodeAt(0) + index),
    datasource: chosenDataSource,
    editorMode: "code",
    expr,
    format: "time_series",
    instant: false,
    range: true,
    legendFormat: "",
  };
}

/** How the numbers of a panel look. */
export function fieldDefaults(words: PanelWords): FieldDefaults {
  const { unit, decimals, min, max, noValue } = words;
  return {
    unit,
    ...(decimals !== undefined && { decimals }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(noValue !== undefined && { noValue }),
    mappings: [],
    thresholds: { mode: "absolute", steps: words.thresholds ?? thresholds() },
  };
}

/** What all kinds of panels have in common. */
export function panelBase(
  words: PanelWords,
): Pick<
  UnplacedPanel,
  "title" | "description" | "datasource" | "repeat" | "repeatDirection" | "maxPerRow"
> {
  const { title, description, alerts = [], repeat } = words;
  const runbooks = alerts.map((alert) => `[${alert}](${RUNBOOKS}#${alert.toLowerCase()})`);
  return {
    title,
    description:
      runbooks.length === 0 ? description : `${description}\n\nAlerts: ${runbooks.join(", ")}.`,
    datasource: chosenDataSource,
    ...(repeat !== undefined && { repeat, repeatDirection: "h", maxPerRow: 3 }),
  };
}
