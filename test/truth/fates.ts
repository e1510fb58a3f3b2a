import type { InvocationKind } from "./faults.js";
import type { Note, OrderEvent } from "./function/order.js";
import { createOracle, type Fate, type Oracle } from "./oracle.js";

type End = Pick<Fate, "outcome" | "errorType" | "seen">;

const SUCCEEDED: End = { outcome: "succeeded", seen: true };
const KILLED: End = { outcome: "failed", errorType: "killed", seen: false };
const CRASHED: End = { outcome: "failed", errorType: "crash", seen: true };

const ENDS: Readonly<Record<InvocationKind, End>> = {
  throw: { outcome: "failed", errorType: "RangeError", seen: true },
  timeout: { outcome: "timedOut", seen: true },
  // Nothing could settle the timeout before the kill.
  blocked: KILLED,
  exit: CRASHED,
  uncaught: CRASHED,
  killed: KILLED,
  killedAfter: SUCCEEDED,
};

/** With less time left at its end, an invocation may have been counted as timed out. */
const MIN_LEFT_MS = 500;

/**
 * Tells the oracle what the function has noted.
 *
 * @throws Error if it cannot be known how an invocation should have been counted
 */
export function truthOf(
  events: ReadonlyMap<number, OrderEvent>,
  notes: readonly Note[],
): Pick<Oracle, "readings" | "counts"> {
  const oracle = createOracle();
  const boots = new Set<string>();
  const begun = new Set<number>();
  const leftMs = new Map<number, number>();
  for (const note of notes) if (note.at === "end") leftMs.set(note.id, note.leftMs);
  for (const note of notes) {
    if (note.at !== "begin") continue;
    const { kind, plan, amount } = events.get(note.id)!;
    const left = leftMs.get(note.id) ?? -Infinity;
    if (left < MIN_LEFT_MS)
      throw new Error(
        `no verdict: invocation ${note.id} (${kind ?? "no fault"}) had ${left} ms left of its time ` +
          "when it should have ended; the machine is too slow for this many environments, so take fewer",
      );
    const complete = kind === undefined || kind === "killedAfter";
    oracle.add(note.environment, {
      ...(kind ? ENDS[kind] : SUCCEEDED),
      coldStart: !boots.has(note.boot),
      recorded: {
        [`orders_total{plan="${plan}"}`]: amount,
        order_size_count: complete ? 2 : 1,
        order_size_sum: complete ? amount / 4 + 1 : amount / 4,
      },
    });
    boots.add(note.boot);
    begun.add(note.id);
  }
  for (const id of events.keys())
    if (!begun.has(id)) throw new Error(`no verdict: invocation ${id} did not reach the handler`);
  return oracle;
}
