import type {
  Dashboard,
  FieldConfig,
  FieldConfigSource,
  Panel,
  RowPanel,
  TableFieldOptions,
  TableOptions,
  VariableModel,
} from "@grafana/schema";
import type * as Heatmap from "@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen";
import type * as Stat from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type * as TimeSeries from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

/** Grafana's types with the texts of its enumerations, as JSON has them. */
type Plain<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Element)[]
    ? Plain<Element>[]
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> }
      : T;

/** A panel whose plugin has these options, and no others. */
type PanelOf<Type extends string, Options, Custom> = Omit<
  Panel,
  "type" | "options" | "fieldConfig" | "targets"
> & {
  readonly type: Type;
  readonly options: Options;
  readonly targets: Query[];
  readonly fieldConfig: Omit<FieldConfigSource, "defaults"> & {
    readonly defaults: Omit<FieldConfig, "custom"> & { readonly custom?: Custom };
  };
};

/** A query of Grafana's Prometheus data source. No npm package of a bearable size has its type. */
interface Query {
  readonly refId: string;
  readonly datasource: { readonly type: "prometheus"; readonly uid: "${datasource}" };
  readonly editorMode: "code";
  readonly expr: string;
  readonly format: "time_series" | "table" | "heatmap";
  readonly instant: boolean;
  readonly range: boolean;
  readonly legendFormat: string;
  readonly interval?: string;
}

/** What Grafana reads from a dashboard's file, as far as its own types say. */
export type GrafanaDashboard = Plain<
  Omit<Dashboard, "panels" | "templating"> & {
    readonly templating: { readonly list: VariableModel[] };
    readonly panels: (
      | RowPanel
      | PanelOf<"timeseries", TimeSeries.Options, TimeSeries.FieldConfig>
      | PanelOf<"stat", Stat.Options, never>
      | PanelOf<"heatmap", Heatmap.Options, Heatmap.FieldConfig>
      | PanelOf<"table", TableOptions, TableFieldOptions>
    )[];
  }
>;
