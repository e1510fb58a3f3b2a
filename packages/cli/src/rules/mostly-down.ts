/**
 * @returns a query of the targets of a scrape job that cannot be scraped, or whose scrapes have failed three times in ten for ten
 *   minutes: what crashes and is started again is up now and then, which would end a plain `up == 0` each time
 */
export function mostlyDown(job: string): string {
  const up = `up{job="${job}"}`;
  return `${up} == 0\nor avg_over_time(${up}[10m]) < 0.7 and ${up} offset 10m`;
}

/** Scrapes of what crashes again and again, in promtool's notation: two of three fail. */
export const CRASHES = `1x40 ${Array.from({ length: 30 }, () => "0 0 1").join(" ")}`;
