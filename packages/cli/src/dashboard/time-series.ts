import {
  fieldDefaults,
  type Line,
  panelBase,
  type PanelWords,
  rangeQueries,
  type UnplacedPanel,
} from "./panel.js";

/** Lines over time. */
export function timeSeries(
  words: PanelWords & { readonly lines: readonly Line[]; readonly stacked?: boolean },
): UnplacedPanel {
  const { lines, minStep, stacked = false } = words;
  const hasLimits = words.thresholds !== undefined;
  return {
    ...panelBase(words),
    type: "timeseries",
    width: words.width ?? 12,
    height: words.height ?? 8,
    targets: rangeQueries(lines, minStep),
    fieldConfig: {
      defaults: {
        min: 0,
        ...fieldDefaults(words),
        color: { mode: "palette-classic" },
        custom: {
          drawStyle: "line",
          lineInterpolation: "linear",
          lineWidth: 1,
          fillOpacity: stacked ? 30 : 10,
          gradientMode: "none",
          showPoints: "auto",
          pointSize: 5,
          // A gap is a time without data, and is shown as one.
          spanNulls: false,
          stacking: { mode: stacked ? "normal" : "none", group: "A" },
          axisPlacement: "auto",
          thresholdsStyle: { mode: hasLimits ? "dashed" : "off" },
        },
      },
      overrides: lines.flatMap(({ legend, color }) =>
        color === undefined
          ? []
          : [
              {
                matcher: { id: "byName" as const, options: legend },
                properties: [{ id: "color", value: { mode: "fixed", fixedColor: color } }],
              },
            ],
      ),
    },
    options: {
      legend: {
        displayMode: "table",
        placement: "bottom",
        showLegend: true,
        calcs: ["mean", "max", "lastNotNull"],
      },
      tooltip: { mode: "multi", sort: "desc" },
    },
  };
}
