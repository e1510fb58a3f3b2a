import {
  isHistogram,
  labelsKey,
  sortedLabels,
  type Family,
  type Labels,
} from "../text/metric-family.js";
import { PUSH_FAILURE_TIME } from "./push-times.js";
import type { Store } from "./stored-group.js";

/**
 * Finds what would break the scrapes of a real gateway until somebody deletes the group. This gateway refuses such a push
 * and stores nothing. (Text that is not UTF-8 is refused earlier.)
 *
 * @returns why the push must be refused, or undefined if it is harmless
 */
export function poison(
  store: Store,
  labels: Labels,
  pushed: readonly Family[],
): string | undefined {
  const twin = withOtherInstance(labels);
  if (twin !== undefined && store.has(labelsKey(twin))) {
    return "another group differs only in an empty instance, so both would export the same series";
  }
  for (const { name, type } of pushed) {
    if (isHistogram(type) && labels.has("le")) {
      return `the grouping label "le" would be in each bucket of the histogram "${name}" twice`;
    }
    if (name === PUSH_FAILURE_TIME)
      return `"${name}" is the gateway's own, and every push needs it`;
  }
  return undefined;
}

/** The gateway adds an empty `instance` if there is none, so both groups would export the same series. */
function withOtherInstance(labels: Labels): Labels | undefined {
  const instance = labels.get("instance");
  if (instance === undefined) return sortedLabels([...labels, ["instance", ""]]);
  return instance === "" ? new Map([...labels].filter(([name]) => name !== "instance")) : undefined;
}
