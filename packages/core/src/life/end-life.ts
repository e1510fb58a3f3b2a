import { DEADLINE_MARGIN_MS } from "../flush/flusher.js";
import { guarded } from "../runtime/guarded.js";
import { inTime } from "../runtime/in-time.js";
import type { Pushing } from "./pushing.js";

/** Two scrapes a minute apart, and some time for them: before that, increments would be lost with the group. */
const SCRAPED_AFTER_MS = 150_000;
/** A push without an answer may still be applied within this time, over a newer one. */
const LATE_MS = 60_000;

/**
 * Ends the life of an instance whose environment ends: pushes what is left over, or deletes the group
 * where all of it was acknowledged and has been scraped.
 *
 * @param deadlineMs when the platform ends the environment, in milliseconds since 1970
 */
export async function endLife(pushing: Pushing, deadlineMs: number): Promise<void> {
  if (pushing.unused) return;
  const { flusher, life, journal } = pushing;
  const nowMs = Date.now();
  const { acknowledged, unclear, unclearAtMs } = life;
  if (flusher.pending || unclear || nowMs - unclearAtMs < LATE_MS)
    return flusher.flush(deadlineMs, false, true);
  if (!acknowledged || nowMs - acknowledged.atMs < SCRAPED_AFTER_MS) return;
  const leftMs = deadlineMs - DEADLINE_MARGIN_MS - nowMs;
  const controller = new AbortController();
  const deleted = life.target.send("DELETE", life.path(), undefined, controller, leftMs);
  const failure = await inTime(deleted, leftMs, false);
  if (failure) guarded(() => controller.abort());
  // Another life may be scraped by now where the process goes on; this one is over.
  else journal?.remove();
}
