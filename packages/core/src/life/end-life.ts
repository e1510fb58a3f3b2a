import { guarded } from "../runtime/guarded.js";
import { inTime } from "../runtime/in-time.js";
import { isScraped } from "./old-group.js";
import type { Pusher } from "./pusher.js";

/** A push in doubt may be applied this late, over a newer one. */
const LATE_MS = 60_000;

/**
 * Ends the life of an instance because its environment ends. Pushes the totals that are not acknowledged;
 * if all are acknowledged and scraped, deletes the group.
 *
 * @param untilMs when to give up, in milliseconds since 1970
 * @throws TypeError if the grouping key cannot be written
 */
export async function endLife(pusher: Pusher, untilMs: number): Promise<void> {
  if (pusher.unused) return;
  const { flusher, life, journal } = pusher;
  if (flusher.pending || life.inDoubt || life.pushesInDoubt.sinceLastMs() < LATE_MS)
    return flusher.flushFinally(untilMs);
  if (!life.acknowledged || !isScraped(life)) return;
  const leftMs = untilMs - Date.now();
  const controller = new AbortController();
  const deleted = life.target.send("DELETE", life.path(), undefined, controller, leftMs);
  const failure = await inTime(deleted, leftMs, false);
  if (failure) guarded(() => controller.abort());
  // If the process goes on, the gateway may show another life by now; this one is over.
  else journal?.remove();
}
