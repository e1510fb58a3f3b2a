import { vi } from "vitest";
import type { Flusher } from "../src/flush/flusher.js";
import type { PushWindow } from "../src/flush/push-window.js";
import type { Failure } from "../src/runtime/in-time.js";
import type { Settings } from "../src/instance/settings.js";
import { gate } from "../../../test/gate.js";
import type { Core } from "./core.js";

/** How a push ends: it succeeds, hangs, or fails with an error. */
export type PushEnd = "succeeds" | "hangs" | Error;

/** A push that was started. */
export interface Sent {
  /** The version of the totals that it carries. */
  readonly version: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Lets a push that hangs succeed. */
  answer(): void;
}

/** A flusher whose pushes end as scripted, in the order in which they start. */
export interface ScriptedFlusher {
  readonly flusher: Flusher;
  readonly sent: Sent[];
  /** Sets how the next pushes end; further ones end like the last one. */
  next(...ends: PushEnd[]): void;
  readonly settled: ReturnType<typeof vi.fn<(ms: number, failure: Failure | undefined) => void>>;
  /** Makes the totals newer, then flushes. */
  flushNew(...how: Parameters<Flusher["flush"]>): Promise<void>;
  /** Makes the totals newer, then makes the final flush. */
  flushNewFinally(untilMs: number): Promise<void>;
}

/** The error of a push that the gateway answers with this status. */
export const status = (code: number) => Object.assign(new Error(`HTTP ${code}`), { status: code });
/** The error of a push whose connection fails or breaks. */
export const systemError = (code: string) => Object.assign(new Error(code), { code });

export async function scriptedFlusher(
  { catalog }: Core,
  settings: Partial<Settings> = {},
  freezes = true,
  window?: PushWindow,
): Promise<ScriptedFlusher> {
  const { createFlusher } = await import("../src/flush/flusher.js");
  const ends: PushEnd[] = ["succeeds"];
  const sent: Sent[] = [];
  const push = async ({ signal }: AbortController, timeoutMs: number) => {
    const { opened, open } = gate();
    sent.push({ version: catalog.version, timeoutMs, signal, answer: open });
    const end = ends.length > 1 ? ends.shift() : ends[0];
    if (end === "hangs") await opened;
    else if (end !== "succeeds") throw end;
  };
  const settled = vi.fn<(ms: number, failure: Failure | undefined) => void>();
  const all = { flushTimeoutMs: 1_000, minFlushIntervalMs: 0, ...settings };
  const flusher = createFlusher(push, catalog, all, freezes, settled, window);
  return {
    flusher,
    sent,
    next: (...further) => void ends.splice(0, ends.length, ...further),
    settled,
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
