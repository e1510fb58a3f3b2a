import type { Definition, Family, Series } from "./family.js";
import type { SnapshotLine } from "./line.js";

/** What a line of a snapshot adds up in, whoever writes it and however. */
export interface Slot {
  readonly key: string;
  /** The index in the totals; -1 if it has none. */
  readonly total: number;
  /** How many lines have it. */
  lines: number;
}

/** A line that the snapshots of several lives share. */
export interface Line extends SnapshotLine {
  readonly id: number;
  /** Undefined for what is no part of the output, and for a count that buckets tell. */
  readonly slot: Slot | undefined;
  /** The index in the totals; -1 if it has none. */
  readonly total: number;
  /** Undefined for what is no part of the output. */
  readonly series: Series | undefined;
  /** How many shapes have it, and how many lives miss it. */
  uses: number;
}

/** The lines of a snapshot that have series of their own, without their values, which the lives of a job share. */
export interface Shape {
  readonly id: number;
  readonly key: string;
  readonly lines: readonly Line[];
  /** Whether its snapshots have no lines but these: none that are over the limit of series. */
  readonly isWhole: boolean;
  readonly families: readonly Family[];
  readonly definitions: readonly Definition[];
  /** The indexes of the lines of gauges. */
  readonly gauges: readonly number[];
  /** How many lives have it. */
  lives: number;
}
