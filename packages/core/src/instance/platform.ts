import type { PushWindow } from "../flush/push-window.js";
import type { InvocationStore } from "../invocation/single-slot.js";
import type { OpenJournal } from "../life/journal.js";
import type { Transport } from "../target/transport.js";

/** The differences between one platform and the others. */
export interface Platform {
  /** As in OpenTelemetry's `cloud.platform`. */
  readonly name: string;
  /** When snapshots are pushed, and why then, in words, for `explain()`. Default reason: the platform. */
  readonly flushMode: readonly [mode: string, reason?: string];
  /**
   * The environment is frozen while nothing waits, and then continues. Default: it may be, but no push holds up an
   * invocation. False if it never is: then the clock that nobody sets does not stand still.
   */
  readonly freezes?: boolean;
  /** The platform announces shutdown, so totals not yet pushed get one last flush. Default `false`. */
  readonly flushesAtEnd?: boolean;
  /** The default of `flushTimeoutMs`, in milliseconds. Default 1,000. */
  readonly flushTimeoutMs?: number;
  /** How concurrent requests share pushes, if what a request has begun ends with it. Default: each flush pushes. */
  readonly pushWindow?: PushWindow;
  /** Opens the journal that keeps totals beyond the process. Default: there is none. */
  readonly openJournal?: OpenJournal;
  /** The environment variables, or the bindings of a Worker. */
  readonly env: Readonly<Record<string, unknown>>;
  /** The default `job`. */
  readonly job: string;
  /** The default start of the `instance` label. */
  readonly instancePrefix: string;
  /** Labels of `target_info`, constant for the life of the instance; undefined and empty ones are left out. */
  readonly targetInfo: Readonly<Record<string, string | undefined>>;
  /** Time from the start of the process until the function is ready, in milliseconds, if the platform tells. */
  readonly initDurationMs?: number;
  /** False if the environment was not started for its first caller. Default `true`. */
  readonly coldStart?: boolean;
  /** Tells concurrent invocations apart. Default: a single slot, for one invocation at a time. */
  readonly store?: InvocationStore;
  /** Draws `length` random bytes, for an instance id. Default: those of the global `crypto`, which Node.js loads slowly. */
  readonly randomBytes?: (length: number) => Uint8Array;
  /** Sends requests to the gateway, unless an option replaces it. */
  readonly transport: Transport;
}
