import { vi } from "vitest";
import type { Flusher } from "../src/flush/flusher.js";
import type { Failure } from "../src/runtime/in-time.js";
import type { Settings } from "../src/instance/settings.js";
import { gate } from "../../../test/gate.js";
import type { Core } from "./core.js";

/** How a push ends: it succeeds, is never answered, or fails with an error. */
export type PushEnd = "lands" | "hangs" | Error;

/** A push in flight. */
export interface Sent {
  /** The version of the totals that it carries. */
  readonly version: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Answers a push that hangs. */
  answer(): void;
}

/** A flusher whose pushes end as scripted, in the order in which they are sent. */
export interface ScriptedFlusher {
  readonly flusher: Flusher;
  readonly sent: Sent[];
  /** Sets how the next pushes end. Later ones end like the last one. */
  next(...ends: PushEnd[]): void;
  readonly landed: ReturnType<typeof vi.fn<(ms: number, failure: Failure | undefined) => void>>;
  /** Changes the totals and flushes. */
  flushNew(...how: Parameters<Flusher["flush"]>): Promise<void>;
  /** Changes the totals and makes the final flush. */
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
