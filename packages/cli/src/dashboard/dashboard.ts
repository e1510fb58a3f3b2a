// The part of Grafana's dashboard JSON that is written here. A test compiles the written files against the types of
// @grafana/schema.

/** The version of Grafana's schema that is written: Grafana 12 and 13 write it, too. Older ones read it. */
export const SCHEMA_VERSION = 42;

/** Which data source a query goes to: the one that the variable `datasource` names. */
export interface DataSource {
  readonly type: "prometheus";
  readonly uid: string;
}

/** One query of a panel. */
export interface Query {
  readonly refId: string;
  readonly datasource: DataSource;
  readonly editorMode: "code";
  /** PromQL, with Grafana's variables. */
  readonly expr: string;
  readonly format: "time_series" | "table" | "heatmap";
  readonly instant: boolean;
  readonly range: boolean;
  readonly legendFormat: string;
  /** The least step, as in `1m`. Grafana makes `$__rate_interval` four times as long, or longer. */
  readonly interval?: string;
}

/** From which value on a panel has which colour. */
export interface Threshold {
  readonly color: string;
  /** Null for the first one. */
  readonly value: number | null;
}

/** A link of a panel, a value or a dashboard. */
export interface Link {
  readonly title: string;
  readonly url: string;
  readonly targetBlank?: boolean;
}

/** A link at the top of a dashboard. */
export interface DashboardLink {
  readonly asDropdown: boolean;
  readonly icon: string;
  readonly includeVars: boolean;
  readonly keepTime: boolean;
  readonly tags: string[];
  readonly targetBlank: boolean;
  readonly title: string;
  readonly tooltip: string;
  readonly type: "dashboards" | "link";
  readonly url: string;
}

/** How the values of a panel look. */
export interface FieldDefaults {
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly noValue?: string;
  readonly color?: { readonly mode: string; readonly fixedColor?: string };
  readonly thresholds?: { readonly mode: "absolute"; readonly steps: readonly Threshold[] };
  readonly mappings?: readonly unknown[];
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** How the values of some fields differ. */
export interface FieldOverride {
  readonly matcher: { readonly id: "byName" | "byFrameRefID"; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

/** Where a panel is, in 24 columns. */
export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A panel with its queries. */
export interface QueryPanel {
  readonly id: number;
  readonly type: "timeseries" | "stat" | "heatmap" | "table";
  readonly title: string;
  /** How to read it, in Markdown. */
  readonly description: string;
  readonly gridPos: GridPosition;
  readonly datasource: DataSource;
  readonly targets: readonly Query[];
  readonly fieldConfig: {
    readonly defaults: FieldDefaults;
    readonly overrides: readonly FieldOverride[];
  };
  readonly options: Readonly<Record<string, unknown>>;
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: Readonly<Record<string, unknown>>;
  }[];
  /** The variable for each of whose values Grafana shows this panel once. */
  readonly repeat?: string;
  readonly repeatDirection?: "h" | "v";
  readonly maxPerRow?: number;
}

/** The heading of the panels below it. */
export interface RowPanel {
  readonly id: number;
  readonly type: "row";
  readonly title: string;
  readonly collapsed: false;
  readonly gridPos: GridPosition;
  readonly panels: readonly [];
}

/** A choice at the top of a dashboard. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: "datasource" | "query";
  readonly query: string | { readonly query: string; readonly refId: string };
  readonly datasource?: DataSource;
  /** What is chosen before the reader chooses. */
  readonly current?: { readonly text: string; readonly value: string };
  readonly hide: 0;
  readonly includeAll: boolean;
  readonly allValue?: string;
  readonly multi: boolean;
  readonly options: readonly [];
  /** 1: when the dashboard loads. 2: when its time range changes. */
  readonly refresh: 1 | 2;
  readonly regex: string;
  readonly skipUrlSync: boolean;
  /** 1: by the alphabet. */
  readonly sort: 0 | 1;
}

/** A dashboard as Grafana imports it: plain JSON. */
export interface Dashboard {
  /** Stays the same, so that a newer version replaces the older one, and links go on working. */
  readonly uid: string;
  /** What Grafana lists it as. */
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly description: string;
  /** The other dashboards of prefreeze are found by `prefreeze`. */
  readonly tags: readonly string[];
  /** The version of Grafana's schema: 42, that of Grafana 12 and 13. */
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Grafana counts its own changes from here. */
  readonly version: 1;
  /** Whether Grafana lets people change it. */
  readonly editable: boolean;
  /** 0: each panel has a crosshair of its own. 1: all share it. 2: they share the tooltip, too. */
  readonly graphTooltip: 0 | 1 | 2;
  /** The time range that it opens with, as in `now-1h`. */
  readonly time: { readonly from: string; readonly to: string };
  /** How often it asks again, as in `30s`. */
  readonly refresh: string;
  /** That of the reader: `browser`. */
  readonly timezone: string;
  /** 0: January. */
  readonly fiscalYearStartMonth: 0;
  /** Empty: as Grafana is set. */
  readonly weekStart: string;
  /** Nothing differs from how Grafana is set. */
  readonly timepicker: Readonly<Record<string, never>>;
  /** There are none. */
  readonly annotations: { readonly list: readonly [] };
  /** Links at its top: to the other dashboards, and to the runbooks. */
  readonly links: readonly DashboardLink[];
  /** The variables at its top. */
  readonly templating: { readonly list: readonly Variable[] };
  /** Rows and the panels below them, from top to bottom. */
  readonly panels: readonly (QueryPanel | RowPanel)[];
}
