import type { Trigger } from "../invocation/vocabulary.js";

/** Where an instance keeps its totals, so that they outlive the process. Nothing of it throws. */
export interface Journal {
  /** What the process before this one left; undefined where this is a new life. */
  readonly restored: RestoredLife | undefined;
  /** Notes that an invocation runs; what comes back, `end` takes. */
  begin(trigger: Trigger, coldStart: boolean): number;
  /** The outcome of that invocation is part of the totals that are written next. */
  end(mark: number): void;
  /**
   * Writes the totals. After a write that failed the journal is void, and the next life a new one.
   *
   * @param totals as the text format has them
   * @param pushing these are what is pushed next, with the life's sequence number
   */
  write(life: JournalLife, totals: string, pushing: boolean): void;
  /** The snapshot that was written for this push has landed. */
  acknowledge(sequence: number, atMs: number): void;
  /** The life is over: nothing is left to go on with. */
  remove(): void;
}

/** What identifies a life, and how far it is. */
export interface JournalLife {
  readonly id: string;
  /** The address of the gateway that it stays with. */
  readonly url: string;
  /** Of the newest snapshot. */
  readonly sequence: number;
  /** A push ended without an answer, and none has landed since: it may have been applied. */
  readonly unclear: boolean;
}

/** A life as it was left. */
export interface RestoredLife extends JournalLife {
  /** Adds its totals to those of this process, gauges excepted. */
  addTotals(): void;
  /** Its newest snapshot that is known to have landed. */
  readonly acknowledged: { readonly totals: string; readonly atMs: number } | undefined;
  /** The invocations that ran when the process died. */
  readonly died: readonly { readonly trigger: Trigger; readonly coldStart: boolean }[];
}

/** What a life belongs to: with another target, job or grouping it is another life. */
export interface JournalKey {
  readonly urls: readonly string[];
  readonly job: string;
  readonly grouping: Readonly<Record<string, string>>;
}

/** Opens the journal of this process; undefined where there can be none. */
export type OpenJournal = (key: JournalKey) => Journal | undefined;
