import { type Cell, mergeCell, newCell, type Series } from "./metric.js";
import { catalog } from "./catalog.js";
import type { Registry } from "./scope.js";

export type { Registry };

/** The cell to record into: the current scope's, or the total where there is none or it has ended. */
export function cellOf(series: Series): Cell {
  const scope = catalog.store?.getStore();
  return scope?.ended === false ? cellIn(scope.registry, series) : totalOf(series);
}

export function cellIn(registry: Registry, series: Series): Cell {
  let cell = registry.get(series);
  if (!cell) registry.set(series, (cell = newCell(series.metric)));
  return cell;
}

/** The instance's total, about to change. */
export function totalOf(series: Series): Cell {
  catalog.version++;
  return touchTotal(series);
}

/** The same for what an instance tells about itself, which is no reason to push. */
export function touchTotal(series: Series): Cell {
  series.text = undefined;
  return (series.total ??= newCell(series.metric));
}

/** Folds what an invocation recorded into the instance's totals. */
export function fold(registry: Registry): void {
  for (const [series, cell] of registry) mergeCell(totalOf(series), cell);
}
