import type { GaugeAggregate, MetricType } from "@prefreeze/core/adapter";

/** What another library tells of one of its metrics, all its series included. */
export interface Reading {
  /** As the library has it. */
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  /** Of a gauge. Default: the newest value stands. */
  readonly aggregate?: GaugeAggregate | undefined;
  /** The values are what was counted since the last reading, not since the start. */
  readonly isDelta: boolean;
  readonly points: readonly Point[];
  /** What of it is not pushed, for a warning. */
  readonly note?: string | undefined;
}

/** One series of a reading. */
export interface Point {
  /** As the library has them; a value that is no string is written as JavaScript prints it. */
  readonly labels: Readonly<Record<string, unknown>>;
  /** Of a counter or gauge, or the sum of a histogram's or summary's observations. */
  readonly value: number;
  /** Upper bounds of a histogram, rising, without `+Inf`; else empty. */
  readonly bounds: readonly number[];
  /** Observations of each bucket, not cumulative, the last one `+Inf`; of a summary all of them; else empty. */
  readonly counts: readonly number[];
}

/** A metric of another library, or all of them if they are read together. */
export interface Source {
  /** For messages. */
  readonly name: string;
  read(): Promise<readonly Reading[]>;
}
