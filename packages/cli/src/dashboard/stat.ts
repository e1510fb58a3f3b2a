import {
  fieldDefaults,
  instantQueries,
  panelBase,
  type PanelWords,
  type UnplacedPanel,
} from "./panel.js";

/** One number of the whole time range, or of now. */
export function stat(
  words: PanelWords & { readonly expr: string; readonly legend?: string },
): UnplacedPanel {
  return {
    ...panelBase(words),
    type: "stat",
    width: words.width ?? 4,
    height: words.height ?? 4,
    targets: instantQueries([{ expr: words.expr, legend: words.legend ?? "" }], "time_series"),
    fieldConfig: {
      defaults: { ...fieldDefaults(words), color: { mode: "thresholds" } },
      overrides: [],
    },
    options: {
      reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
      orientation: "auto",
      textMode: words.legend === undefined ? "value" : "value_and_name",
      colorMode: "value",
      graphMode: "none",
      justifyMode: "auto",
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: "standard",
    },
  };
}
