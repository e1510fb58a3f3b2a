/** The value that a share of all values, from 0 to 1, does not exceed, with linear interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)]!;
  return below + (sorted[Math.ceil(position)]! - below) * (position % 1);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
