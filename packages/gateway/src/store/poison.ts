import { labelsKey, sortedLabels, type Family, type Labels } from "../text/metric-family.js";
import { PUSH_FAILURE_TIME } from "./push-times.js";
import type { Store } from "./stored-group.js";

/**
 * Why a push must not come near a real gateway: it would break its scrapes until somebody deletes the group.
 * This gateway refuses such a push and leaves nothing behind. (What is no UTF-8 was refused before.)
 */
export function poison(
  store: Store,
  labels: Labels,
  pushed: readonly Family[],
): string | undefined {
  const twin = withOtherInstance(labels);
  if (twin !== undefined && store.has(labelsKey(twin))) {
    return "another group has these labels but for an empty instance, so the two would export the same series";
  }
  for (const { name, type } of pushed) {
    if (type === "histogram" && labels.has("le")) {
      return `the grouping label "le" would be in each bucket of the histogram "${name}" twice`;
    }
    if (name === PUSH_FAILURE_TIME)
      return `"${name}" is the gateway's own, and every push relies on it`;
  }
  return undefined;
}

/** The gateway exports an empty `instance` where there is none: these are two groups with one set of series. */
function withOtherInstance(labels: Labels): Labels | undefined {
  const instance = labels.get("instance");
  if (instance === undefined) return sortedLabels([...labels, ["instance", ""]]);
  return instance === "" ? new Map([...labels].filter(([name]) => name !== "instance")) : undefined;
}
