import type { Trigger } from "../invocation/vocabulary.js";

/** Keeps the totals of an instance so that they outlive the process. No method throws. */
export interface Journal {
  /** The life that the previous process left; undefined if this is a new one. */
  readonly restored: RestoredLife | undefined;
  /** How core writes to it: `createLifeWriter`, which only a journal needs. */
  readonly lifeWriter: (journal: Journal, currentLife: () => WrittenLife) => LifeWriter;
  /** Why it is not written, or no longer; undefined while it is. */
  readonly abandoned: string | undefined;
  /** Records that an invocation has started. @returns the in-flight entry to pass to `end` */
  begin(trigger: Trigger, coldStart: boolean): number;
  /** The outcome of the invocation with this in-flight `entry` is part of the totals that are written next. */
  end(entry: number): void;
  /**
   * Writes the totals. If a write fails, the journal is abandoned and the next process starts a new life.
   *
   * @param pushing the totals are pushed next, under the life's sequence number
   */
  write(life: WrittenLife, totals: Totals, pushing: boolean): void;
  /**
   * The gateway acknowledged the snapshot that is now the life's `acknowledged` one.
   *
   * @param whole it has all totals that were written before it was pushed
   */
  acknowledge(life: WrittenLife, whole: boolean): void;
  /** The life is over, and nothing is left to continue. */
  remove(): void;
}

/** Writes the lives of a process to its journal, as far as they have changed. */
export interface LifeWriter {
  /** An invocation starts. @returns its in-flight entry */
  begin(trigger: Trigger, coldStart: boolean): number;
  /** The current life is about to send a push. */
  pushing(): void;
  /** That push was not applied, and no other one is in doubt. */
  notApplied(): void;
  /** Writes the totals if they have changed since the last write. */
  persist(): void;
}

/** The identity of a life, and how far it has got. */
export interface JournalLife {
  /** The instance id. */
  readonly id: string;
  /** The address of the gateway that the life stays with. */
  readonly url: string;
  /** The sequence number of the newest snapshot. */
  readonly sequence: number;
  /** When it began, in milliseconds since 1970; undefined if an older journal does not tell. */
  readonly startedAtMs: number | undefined;
  /** A push may have been applied, and neither it nor a later one is known to be acknowledged. */
  readonly inDoubt: boolean;
}

/** A life as it is written. */
export interface WrittenLife extends JournalLife {
  /** Its newest snapshot that is known to be acknowledged. */
  readonly acknowledged: Acknowledged | undefined;
}

/** The totals as a journal reads them, in the text format. */
export interface Totals {
  /** Those that have changed since the last call; undefined if only `all` tells. A metric can appear several times. */
  changed(): string | undefined;
  /** All of them. Called right after `changed`. */
  all(): string;
}

/** A snapshot that the gateway acknowledged. */
export interface Acknowledged {
  /** In the text format. */
  readonly totals: string;
  /** Its sequence number; 0 if an older journal does not tell. */
  readonly sequence: number;
  /** When its push was sent, in milliseconds since 1970. */
  readonly atMs: number;
}

/** A life as the previous process left it. */
export interface RestoredLife extends WrittenLife {
  /** Adds its totals, without gauges, to those of this process. */
  addTotals(): void;
  /** What core calls before a push: `dropRedefined`, which only a restored life needs. */
  dropRedefined(life: WrittenLife): boolean;
  /** The invocations that were in flight when the process died. */
  readonly died: readonly { readonly trigger: Trigger; readonly coldStart: boolean }[];
}

/** What a life belongs to. With other gateways, another job, or other grouping or constant labels, it is another life. */
export interface JournalKey {
  /** The addresses of the gateways. */
  readonly urls: readonly string[];
  /** The `job` label. */
  readonly job: string;
  /** Further grouping labels. */
  readonly grouping: Readonly<Record<string, string>>;
  /** Constant labels of all series. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Opens the journal of this process. @returns undefined if there can be none */
export type OpenJournal = (key: JournalKey) => Journal | undefined;
