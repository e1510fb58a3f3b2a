import { builtIn, cellIn, type Invocation, observeIn, seriesOf } from "@prefreeze/core/adapter";

/** Observes a value of an invocation; the labels are right by construction. */
export type Observe = (
  invocation: Invocation,
  labels: Readonly<Record<string, string>>,
  value: number,
) => void;

/** Defines a histogram that prefreeze itself has; its series are few. */
export function ownHistogram(
  name: string,
  help: string,
  labelNames: readonly string[],
  buckets: readonly number[],
): Observe {
  const histogram = builtIn("histogram", name, help, labelNames, buckets);
  return ({ registry }, labels, value) =>
    observeIn(cellIn(registry, seriesOf(histogram, labels)!), buckets, value);
}
