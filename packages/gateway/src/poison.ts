import { labelsKey, type Family, type Labels } from "./metric-family.js";
import { exportedLabels, PUSH_FAILURE_TIME, type StoredGroup } from "./store.js";

/**
 * Why a push must not come near a real gateway: it would break its scrapes until somebody deletes the group.
 * This gateway refuses such a push and leaves nothing behind. (What is no UTF-8 was refused before.)
 */
export function poison(labels: Labels, pushed: readonly Family[], others: readonly StoredGroup[]): string | undefined {
  const key = labelsKey(exportedLabels(labels));
  if (others.some((other) => labelsKey(exportedLabels(other.labels)) === key)) {
    return "another group has these labels but for an empty instance, so the two would export the same series";
  }
  for (const { name, type } of pushed) {
    if (type === "histogram" && labels.has("le")) {
      return `the grouping label "le" would be in each bucket of the histogram "${name}" twice`;
    }
    if (name === PUSH_FAILURE_TIME) return `"${name}" is the gateway's own, and every push relies on it`;
  }
  return undefined;
}
