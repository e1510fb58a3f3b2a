import { builtIn, cellIn, type Invocation, observeIn, seriesOf } from "@prefreeze/core/adapter";

/** Observes a value of an invocation. The labels must be the histogram's. */
export type Observe = (
  invocation: Invocation,
  labels: Readonly<Record<string, string>>,
  value: number,
) => void;

/** Defines a histogram of prefreeze itself, which has few series by construction. */
export function ownHistogram(
  name: string,
  help: string,
  labelNames: readonly string[],
  buckets: readonly number[],
): Observe {
  const histogram = builtIn("histogram", name, help, labelNames, buckets);
  return ({ recordings }, labels, value) =>
    observeIn(cellIn(recordings, seriesOf(histogram, labels)!), buckets, value);
}
