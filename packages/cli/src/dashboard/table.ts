import type { FieldOverride, Link, Threshold } from "./dashboard.js";
import {
  fieldDefaults,
  instantQueries,
  panelBase,
  type PanelWords,
  type UnplacedPanel,
} from "./panel.js";

/** A column of numbers, one for each row. */
export interface Column {
  readonly name: string;
  /** PromQL, with one series for each row. */
  readonly expr: string;
  readonly unit: string;
  readonly thresholds?: readonly Threshold[];
}

/** A table with one row for each value of a label, and a column for each query. */
export function numbersTable(
  words: Omit<PanelWords, "unit"> & {
    /** The label that the rows have in common. */
    readonly label: string;
    readonly labelTitle: string;
    readonly columns: readonly Column[];
    /** Opens what a row is about. */
    readonly link?: Link;
  },
): UnplacedPanel {
  const { label, labelTitle, columns, link } = words;
  const targets = instantQueries(
    columns.map(({ expr }) => ({ expr, legend: "" })),
    "table",
  );
  // With one query, the column has no letter.
  const columnOf = (index: number) =>
    columns.length === 1 ? "Value" : `Value #${targets[index]!.refId}`;
  return {
    ...tableBase(words),
    targets,
    transformations: [
      // All queries are of the same time, so that each row is one value of the label.
      { id: "merge", options: {} },
      {
        id: "organize",
        options: {
          excludeByName: { Time: true },
          includeByName: {},
          indexByName: {},
          renameByName: {
            [label]: labelTitle,
            ...Object.fromEntries(columns.map(({ name }, index) => [columnOf(index), name])),
          },
        },
      },
    ],
    fieldConfig: {
      defaults: tableDefaults(words),
      overrides: [
        ...(link === undefined
          ? []
          : [
              {
                matcher: { id: "byName" as const, options: labelTitle },
                properties: [{ id: "links", value: [link] }],
              },
            ]),
        ...columns.map(({ name, unit, thresholds }): FieldOverride => ({
          matcher: { id: "byName", options: name },
          properties: [
            { id: "unit", value: unit },
            ...(thresholds === undefined
              ? []
              : [
                  { id: "thresholds", value: { mode: "absolute", steps: thresholds } },
                  { id: "custom.cellOptions", value: { type: "color-text" } },
                ]),
          ],
        })),
      ],
    },
  };
}

/** A table of the labels of one metric, whose value says nothing. */
export function labelsTable(
  words: Omit<PanelWords, "unit"> & {
    readonly expr: string;
    readonly hidden: readonly string[];
  },
): UnplacedPanel {
  return {
    ...tableBase(words),
    targets: instantQueries([{ expr: words.expr, legend: "" }], "table"),
    transformations: [
      {
        id: "organize",
        options: {
          excludeByName: Object.fromEntries(
            ["Time", "Value", "__name__", ...words.hidden].map((name) => [name, true]),
          ),
          includeByName: {},
          indexByName: {},
          renameByName: {},
        },
      },
    ],
    fieldConfig: { defaults: tableDefaults(words), overrides: [] },
  };
}

function tableBase(words: Omit<PanelWords, "unit">) {
  return {
    ...panelBase({ ...words, unit: "" }),
    type: "table" as const,
    width: words.width ?? 24,
    height: words.height ?? 8,
    options: { frameIndex: 0, showHeader: true, cellHeight: "sm" },
  };
}

function tableDefaults(words: Omit<PanelWords, "unit">) {
  const { unit: _, ...defaults } = fieldDefaults({ ...words, unit: "" });
  return {
    ...defaults,
    color: { mode: "thresholds" },
    custom: { align: "auto", cellOptions: { type: "auto" }, filterable: false, inspect: false },
  };
}
