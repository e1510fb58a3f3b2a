import { vi } from "vitest";
import type { Flusher } from "../src/flush/flusher.js";
import type { Failure } from "../src/runtime/in-time.js";
import type { Settings } from "../src/instance/settings.js";
import { gate } from "../../../test/gate.js";
import type { Core } from "./core.js";

/** What becomes of a push: it lands, never answers, or fails with an error. */
export type PushEnd = "lands" | "hangs" | Error;

/** A push on its way. */
export interface Sent {
  /** What of the totals it carries. */
  readonly version: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Has one that hangs answered now. */
  answer(): void;
}

/** A flusher whose pushes end as they are told to, in the order in which they are sent. */
export interface ScriptedFlusher {
  readonly flusher: Flusher;
  readonly sent: Sent[];
  /** How the next ones end; after that, as the last one. */
  next(...ends: PushEnd[]): void;
  readonly landed: ReturnType<typeof vi.fn<(ms: number, failure: Failure | undefined) => void>>;
  /** There is something new to push; flushes it. */
  flushNew(...how: Parameters<Flusher["flush"]>): Promise<void>;
  /** The same as the final flush. */
  flushNewFinally(untilMs: number): Promise<void>;
}

/** How a push fails that the gateway answers with this status. */
export const status = (code: number) => Object.assign(new Error(`HTTP ${code}`), { status: code });
/** How it fails where no connection is made, or where that breaks. */
export const systemError = (code: string) => Object.assign(new Error(code), { code });

export async function scriptedFlusher(
  { catalog }: Core,
  settings: Partial<Settings> = {},
  freezes = true,
): Promise<ScriptedFlusher> {
  const { createFlusher } = await import("../src/flush/flusher.js");
  const ends: PushEnd[] = ["lands"];
  const sent: Sent[] = [];
  const push = async ({ signal }: AbortController, timeoutMs: number) => {
    const { opened, open } = gate();
    sent.push({ version: catalog.version, timeoutMs, signal, answer: open });
    const end = ends.length > 1 ? ends.shift() : ends[0];
    if (end === "hangs") await opened;
    else if (end !== "lands") throw end;
  };
  const landed = vi.fn<(ms: number, failure: Failure | undefined) => void>();
  const all = { flushTimeoutMs: 1_000, minFlushIntervalMs: 0, ...settings };
  const flusher = createFlusher(push, catalog, all, freezes, landed);
  return {
    flusher,
    sent,
    next: (...told) => void ends.splice(0, ends.length, ...told),
    landed,
    flushNew(...how) {
      catalog.version += 1;
      return flusher.flush(...how);
    },
    flushNewFinally(untilMs) {
      catalog.version += 1;
      return flusher.flushFinally(untilMs);
    },
  };
}
