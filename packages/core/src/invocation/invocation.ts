import { cellIn, mergeIntoTotals } from "../metrics/cells.js";
import { mergeCell } from "../metrics/metric.js";
import type { Recordings } from "../metrics/scope.js";
import type { Outcome, Trigger } from "./vocabulary.js";

/** One call of a handler, with what it recorded. */
export interface Invocation {
  /** Identifies the invocation while it runs: a second wrapper with the same key sees the same invocation. */
  readonly key: unknown;
  /** The platform's request id; empty if it has none. */
  id: string;
  /** What triggered it. */
  trigger: Trigger;
  /**
   * Pushes everything recorded so far, in time for `deadlineMs`, in milliseconds since 1970; undefined if the
   * invocation is not counted: `recorded()` has begun it.
   */
  readonly flush: ((deadlineMs: number | undefined) => Promise<void> | undefined) | undefined;
  /** When the platform ends the invocation, in milliseconds since 1970. */
  readonly deadlineMs: number | undefined;
  /** It is the first invocation of its instance. */
  readonly coldStart: boolean;
  /** `performance.now()` at the start, in milliseconds. */
  readonly startedMs: number;
  /** Recorded, and not merged into the totals yet. */
  recordings: Recordings;
  /** Merged into the totals while the invocation was running. */
  merged: Recordings | undefined;
  /** Its outcome is settled. */
  ended: boolean;
  /** Its in-flight entry in the journal. */
  readonly entry: number | undefined;
  /** How it ended; undefined before that. */
  outcome: Outcome | undefined;
  /** If it failed: the class name of the error, or the HTTP status. */
  errorType: string | undefined;
  /** Duration in milliseconds; 0 before its end. */
  durationMs: number;
}

/** Merges what a running invocation has recorded so far into the totals, and keeps it for its record. */
export function mergeSoFar(invocation: Invocation): void {
  const { recordings } = invocation;
  if (recordings.size === 0) return;
  invocation.recordings = new Map();
  invocation.merged = sumOf(invocation.merged, recordings);
  mergeIntoTotals(recordings);
}

/** Everything that an invocation has recorded, merged into the totals or not. */
export function allRecordings({ merged, recordings }: Invocation): Recordings {
  return merged === undefined ? recordings : sumOf(merged, recordings);
}

function sumOf(first: Recordings | undefined, second: Recordings): Recordings {
  const sum: Recordings = new Map();
  for (const recordings of [first ?? sum, second]) {
    for (const [series, cell] of recordings) mergeCell(cellIn(sum, series), cell);
  }
  return sum;
}
