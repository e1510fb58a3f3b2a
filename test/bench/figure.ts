/** One measured number. */
export interface BenchFigure {
  readonly figure: string;
  readonly value: number;
  readonly unit: BenchUnit;
  /** The minimum (`>=`) or maximum (`<=`) of `value`. Only figures of prefreeze have a limit. */
  readonly limit?: number;
  readonly bound?: ">=" | "<=";
  readonly holds?: boolean;
  /** The number of invocations, if it differs between the figures of a run. */
  readonly calls?: number;
  /** The number of invocations that did not return the function's own result. */
  readonly failed?: number;
}

/** `x`: a ratio; `us`: microseconds of CPU; `ms of CPU` and `ms`: milliseconds of CPU and by the clock; `/s`: times per second; `MB`: 1,048,576 bytes; `rows`: rows of SQLite, as Cloudflare bills them. */
export type BenchUnit = "x" | "us" | "ns/series" | "ms of CPU" | "ms" | "/s" | "MB" | "rows";

/** A figure without a limit. */
export function unlimited(figure: string, value: number, unit: BenchUnit): BenchFigure {
  return { figure, value: rounded(value), unit };
}

/** A figure with a limit. */
export function limited(
  figure: string,
  value: number,
  unit: BenchUnit,
  bound: ">=" | "<=",
  limit: number,
): BenchFigure {
  const shown = unlimited(figure, value, unit);
  const holds = bound === ">=" ? shown.value >= limit : shown.value <= limit;
  return { ...shown, limit, bound, holds };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
