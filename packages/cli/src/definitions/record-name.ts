/**
 * The record that holds by how much a counter, or a histogram's `_bucket`, `_sum` or `_count`, grew within a minute.
 * Only rules for groups of single instances write it. It is read with `sum_over_time`.
 *
 * @param series `orders_total`, say
 * @returns `orders:increase1m`, say
 */
export function recordName(series: string): string {
  return `${series.replace(/_total$/, "")}:increase1m`;
}
