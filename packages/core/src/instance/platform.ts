import type { OpenJournal } from "../life/journal.js";
import type { InvocationStore } from "../invocation/single-slot.js";
import type { Transport } from "../target/transport.js";

/** How one platform differs from the others. */
export interface Platform {
  /** As OpenTelemetry's `cloud.platform` has it. */
  readonly name: string;
  /** When snapshots are pushed, and why then, in words, for `explain()`. Default reason: the platform. */
  readonly flushMode: readonly [mode: string, reason?: string];
  /** The environment is frozen when nothing waits, and then goes on where it was. Default false. */
  readonly freezes?: boolean;
  /** What is left over is flushed once more when the environment ends. Default false. */
  readonly flushesAtEnd?: boolean;
  /** Where totals outlive the process. Default: nowhere. */
  readonly openJournal?: OpenJournal;
  readonly env: Readonly<Record<string, unknown>>;
  /** Used where neither option nor variable says otherwise. */
  readonly job: string;
  readonly instancePrefix: string;
  /** Labels of `target_info`, constant for the life of the instance; what is undefined or empty is left out. */
  readonly targetInfo: Readonly<Record<string, string | undefined>>;
  /** From the start of the process to the function being ready, where the platform tells. */
  readonly initDurationMs?: number;
  /** False where the environment was not started for its first caller. Default true. */
  readonly coldStart?: boolean;
  readonly store: InvocationStore;
  readonly transport: Transport;
}
