import { builtIn, initSeries, type Metric, type Series, touchTotal } from "@prefreeze/core/adapter";

/**
 * Defines a counter of the process. Until it is first added to, it is not pushed.
 *
 * @returns adds to it
 */
export function ownCounter(name: string, help: string) {
  return adderTo(builtIn("counter", name, help), {});
}

/** @returns adds to the series with these labels */
export function adderTo(counter: Metric, labels: Readonly<Record<string, string>>) {
  let series: Series | undefined;
  return (amount: number): void => {
    touchTotal((series ??= initSeries(counter, labels))).value += amount;
  };
}
