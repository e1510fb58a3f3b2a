import {
  bounded,
  builtIn,
  initSeries,
  type Series,
  seriesOf,
  touchTotal,
} from "@prefreeze/core/adapter";

/** How the gauges of several processes combine. */
type Aggregate = "sum" | "max" | "min";

/** More kinds of anything than Node.js has. */
const MAX_KINDS = 50;

/**
 * Defines a gauge of the process. Until it is first set, it is not pushed.
 *
 * @returns sets it
 */
export function ownGauge(name: string, help: string, aggregate: Aggregate) {
  const gauge = builtIn("gauge", name, help, [], undefined, aggregate);
  let series: Series | undefined;
  return (value: number): void => {
    touchTotal((series ??= initSeries(gauge))).value = value;
  };
}

/**
 * Defines a gauge of the process that has one value for each kind of something.
 *
 * @param label the name of the kinds
 * @returns sets all of them: kinds that are missing have gone, and become 0
 */
export function gaugeByKind(name: string, help: string, label: string, aggregate: Aggregate) {
  const gauge = builtIn("gauge", name, help, [label], undefined, aggregate);
  const boundedKind = bounded(MAX_KINDS);
  return (values: ReadonlyMap<string, number>): void => {
    for (const series of gauge.series.values()) touchTotal(series).value = 0;
    for (const [kind, value] of values) {
      const series = seriesOf(gauge, { [label]: boundedKind(kind) });
      if (series) touchTotal(series).value += value;
    }
  };
}
