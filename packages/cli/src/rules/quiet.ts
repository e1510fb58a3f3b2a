import type { Through } from "../definitions/through.js";

/**
 * Holds for what was busy in the same hour a week ago, or yesterday if it is newer than a week, and does not grow now.
 * Weekends are compared with weekends. While the gateway is down, nothing is known, and another alert says so.
 *
 * @param record growth within an hour, by job
 */
export function quiet(through: Through, record: string): string {
  return [
    "(",
    `  ${record} offset 1w`,
    // Without an aggregator, there is no series while no instance lives.
    ...(through === "none" ? [`  or 0 * max_over_time(${record}[1d] offset 1w)`] : []),
    `  or ${record} offset 1d`,
    ") >= 30",
    `unless ${record} > 0`,
    'unless on () up{job="pushgateway"} == 0',
  ].join("\n");
}
