import { panelBase, type PanelWords, rangeQueries, type UnplacedPanel } from "./panel.js";

/** How the observations of a histogram spread over its buckets, over time. */
export function heatmap(words: PanelWords & { readonly expr: string }): UnplacedPanel {
  const [query] = rangeQueries([{ expr: words.expr, legend: "{{le}}" }], words.minStep);
  return {
    ...panelBase(words),
    type: "heatmap",
    width: words.width ?? 12,
    height: words.height ?? 8,
    targets: [{ ...query!, format: "heatmap" }],
    fieldConfig: {
      defaults: { custom: { scaleDistribution: { type: "linear" } } },
      overrides: [],
    },
    options: {
      // The buckets are Prometheus' own.
      calculate: false,
      cellGap: 1,
      // What is almost nothing would look like something.
      filterValues: { le: 1e-9 },
      rowsFrame: { layout: "auto" },
      color: {
        mode: "scheme",
        scheme: "Oranges",
        fill: "dark-orange",
        scale: "exponential",
        exponent: 0.5,
        steps: 64,
        reverse: false,
      },
      cellValues: { unit: "ops" },
      yAxis: { unit: words.unit, axisPlacement: "left", reverse: false },
      showValue: "never",
      tooltip: { mode: "single", yHistogram: false, showColorScale: false },
      legend: { show: true },
      exemplars: { color: "rgba(255,0,255,0.7)" },
    },
  };
}
