/**
 * Counts the observations of a histogram in buckets with other bounds: those of a bucket that is not there count in
 * the next higher one, so that their number and sum stay true.
 */
export function rebucket(
  counts: readonly number[],
  bounds: readonly number[],
  into: readonly number[],
): number[] {
  const result = new Array<number>(into.length + 1).fill(0);
  counts.forEach((count, i) => {
    const bound = bounds[i] ?? Infinity;
    const at = into.findIndex((each) => each >= bound);
    result[at === -1 ? into.length : at]! += count;
  });
  return result;
}

export function isSameList(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((each, i) => each === b[i]));
}
