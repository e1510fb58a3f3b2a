import { BadRequest } from "../text/bad-request.js";
import { labelsKey, type Family, type Labels, type Series } from "../text/metric-family.js";
import { inconsistency } from "./consistency.js";
import { exportedLabels } from "./exported-families.js";
import { poison } from "./poison.js";
import { PUSH_TIME } from "./push-times.js";
import type { Store } from "./stored-group.js";

/**
 * Stores a push: PUT replaces the group, POST replaces the families with the same names. All or nothing.
 *
 * @throws BadRequest if the real gateway would refuse the push or be broken by it
 */
export function push(
  store: Store,
  labels: Labels,
  pushed: readonly Family[],
  method: "PUT" | "POST",
): void {
  const key = labelsKey(labels);
  const known = store.get(key);
  const others = [...store].filter(([other]) => other !== key).map(([, group]) => group);
  const broken = poison(store, labels, pushed);
  if (broken !== undefined)
    throw new BadRequest(`refused, because it would break the gateway: ${broken}`);

  // Finer than a millisecond, to tell which of two pushes within one was later.
  const nowSeconds = (performance.timeOrigin + performance.now()) / 1000;
  const families = new Map(method === "POST" ? known?.families : undefined);
  for (const family of pushed) {
    // The gateway's own family. The real gateway ignores a pushed one, too.
    if (family.name === PUSH_TIME) continue;
    families.set(family.name, {
      ...family,
      series: family.series.map((series) => labelled(series, labels)),
      pushedAtSeconds: nowSeconds,
    });
  }
  const hasTimestamp = pushed.some(({ series }) => series.some((one) => one.hasTimestamp));
  const wrong = hasTimestamp
    ? "pushed metrics must not have timestamps"
    : inconsistency(labels, families, others);
  if (wrong !== undefined) {
    // Like in the real gateway, a refused push to a new group leaves a group with nothing but this time.
    store.set(key, {
      labels,
      families: known?.families ?? new Map(),
      pushTimeSeconds: known?.pushTimeSeconds ?? 0,
      pushFailureTimeSeconds: nowSeconds,
    });
    throw new BadRequest(
      `pushed metrics are invalid or inconsistent with existing metrics: ${wrong}`,
    );
  }
  store.set(key, {
    labels,
    families,
    pushTimeSeconds: nowSeconds,
    pushFailureTimeSeconds: known?.pushFailureTimeSeconds ?? 0,
  });
}

/** Deletes the group with exactly these labels, if it exists. */
export function deleteGroup(store: Store, labels: Labels): void {
  store.delete(labelsKey(labels));
}

/** Adds the grouping labels; they win over labels of the body. */
function labelled(series: Series, grouping: Labels): Series {
  return { ...series, labels: exportedLabels(grouping, series.labels) };
}
