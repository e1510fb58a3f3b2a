import { exportedFamilies } from "./exported-families.js";
import { samplesOf } from "../text/samples.js";
import type { Store } from "./stored-group.js";

/** Sums the samples with this name and these labels over all groups. */
export function readValue(
  store: Store,
  name: string,
  labels: Readonly<Record<string, string>>,
): number | undefined {
  const wanted = Object.entries(labels);
  let sum: number | undefined;
  for (const group of store.values()) {
    for (const family of exportedFamilies(group)) {
      if (!name.startsWith(family.name)) continue;
      for (const sample of samplesOf(family)) {
        if (sample.name !== name) continue;
        // To Prometheus, an empty label and a missing one are the same.
        if (!wanted.every(([label, value]) => (sample.labels.get(label) ?? "") === value)) continue;
        sum = (sum ?? 0) + sample.value;
      }
    }
  }
  return sum;
}
