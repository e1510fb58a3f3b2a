/** One measured number. */
export interface BenchFigure {
  readonly figure: string;
  readonly value: number;
  readonly unit: BenchUnit;
  /** What `value` may be at least (`>=`) or at most (`<=`); only ours have one. */
  readonly limit?: number;
  readonly bound?: ">=" | "<=";
  readonly holds?: boolean;
  /** Of how many invocations, where not all figures of a run have as many. */
  readonly calls?: number;
  /** How many of them did not answer with the function's own result. */
  readonly failed?: number;
}

/** `x`: a ratio; `us`: microseconds of CPU; `ms`: milliseconds of a clock; `/s`: so many a second. */
export type BenchUnit = "x" | "us" | "ns/series" | "ms" | "/s";

/** A figure that is only told. */
export function told(figure: string, value: number, unit: BenchUnit): BenchFigure {
  return { figure, value: rounded(value), unit };
}

/** A figure that holds or does not. */
export function limited(
  figure: string,
  value: number,
  unit: BenchUnit,
  bound: ">=" | "<=",
  limit: number,
): BenchFigure {
  const shown = told(figure, value, unit);
  const holds = bound === ">=" ? shown.value >= limit : shown.value <= limit;
  return { ...shown, limit, bound, holds };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
