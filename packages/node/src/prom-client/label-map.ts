import { addLabel, isFreeLabel, type Metric } from "@prefreeze/core/adapter";

/** The labels of another library's metric, and their names in pushes. */
export interface LabelMap {
  /** Notes the labels of a series. @returns whether one of them is new */
  note(labels: object): boolean;
  /** The names that are pushed, in the order in which they were first seen. */
  names(): string[];
  /** Adds the labels to a metric that does not have all of them. */
  addTo(metric: Metric): void;
  /** The values of a series, in the order of the metric's labels. To Prometheus, an empty label is an absent one. */
  valuesOf(metric: Metric, labels: Readonly<Record<string, unknown>>): string[];
}

/** Leaves room for prefixes. */
const MAX_LENGTH = 200;
/** Then a number is tried: a name that only gets longer is never free. */
const MAX_PREFIXES = 5;

/** @returns a name that can be pushed, whatever the library allows as one */
function freeNameOf(label: string, isTaken: (name: string) => boolean): string {
  let name = label.replace(/\W/g, "_").slice(0, MAX_LENGTH);
  for (let tries = 0; !isFreeLabel(name) || isTaken(name); tries++)
    name = tries < MAX_PREFIXES ? `exported_${name}` : `label_${tries}`;
  return name;
}

/**
 * Names that prefreeze, the gateway or Prometheus sets get the prefix that Prometheus gives labels of a target that
 * are called as its own: `exported_`. Other characters than those of names become `_`.
 */
export function createLabelMap(): LabelMap {
  const seen = new Set<string>();
  const originals = new Map<string, string>();
  return {
    note(labels) {
      let isNew = false;
      for (const label of Object.keys(labels)) {
        if (seen.has(label)) continue;
        seen.add(label);
        originals.set(
          freeNameOf(label, (name) => originals.has(name)),
          label,
        );
        isNew = true;
      }
      return isNew;
    },
    names: () => [...originals.keys()],
    addTo(metric) {
      for (const name of originals.keys()) addLabel(metric, name);
    },
    valuesOf: ({ labelNames }, labels) =>
      labelNames.map((name) => {
        const label = originals.get(name);
        return label !== undefined && Object.hasOwn(labels, label) ? String(labels[label]) : "";
      }),
  };
}
