/** One measured number. */
export interface BenchFigure {
  readonly figure: string;
  readonly value: number;
  /** `x`: how many times less than the peer; `us`: microseconds of CPU. */
  readonly unit: "x" | "us" | "ns/series";
  /** The least that `value` may be; only ours have one. */
  readonly limit?: number;
  readonly holds?: boolean;
}
