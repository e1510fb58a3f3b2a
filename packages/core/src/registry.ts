import { type Cell, mergeCell, newCell, type Series } from "./metric.js";
import { state } from "./state.js";

/** What one invocation has recorded, apart from all others. */
export type Registry = Map<Series, Cell>;

/** The cell to record into: the current invocation's, or the total where there is none or it has ended. */
export function cellOf(series: Series): Cell {
  const invocation = state.store.getStore();
  return invocation?.ended === false ? cellIn(invocation.registry, series) : totalOf(series);
}

export function cellIn(registry: Registry, series: Series): Cell {
  let cell = registry.get(series);
  if (!cell) registry.set(series, (cell = newCell(series.metric)));
  return cell;
}

/** The instance's total, about to change. */
export function totalOf(series: Series): Cell {
  state.version++;
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
