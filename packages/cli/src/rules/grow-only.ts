/** The window of a record. Its group has the same interval, so that windows follow each other without a gap. */
export const WINDOW = "1m";

/**
 * By how much the counters of single instances grew within a minute, added up over instances.
 *
 * Each instance is a counter that only grows, and its series begins and ends with its life. The growth of its maximum is
 * exact over births, deaths, failed scrapes, deleted groups that come back, restarts and outages. It looks 30 seconds
 * back, since samples become visible when their scrape has ended.
 *
 * @param series a counter, or the `_bucket`, `_sum` or `_count` of a histogram
 * @param without labels that the record leaves out, besides `instance`
 */
export function growth(series: string, without: readonly string[] = []): string {
  const now = `max_over_time(${series}[${WINDOW}] offset 30s)`;
  return [
    `sum without (${["instance", ...without].join(", ")}) (clamp_min(`,
    `  ${now}`,
    `    - (max_over_time(${series}[1h] offset 90s)`,
    `      or 0 * ${now}), 0))`,
  ].join("\n");
}
