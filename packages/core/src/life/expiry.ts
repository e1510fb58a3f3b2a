import { diff } from "../exposition/diff.js";
import type { Life } from "./life.js";

/**
 * A life that is silent for longer expires and is replaced by a new one: its group may be pruned soon, and
 * queries, which look back one hour, could no longer tell its growth from its totals.
 */
const MAX_SILENCE_MS = 600_000;

/** The life has been silent for too long. */
export function isSilent({ acknowledged, startedAtMs }: Life): boolean {
  // An older journal does not tell when its life began: long ago, then.
  const sinceMs = acknowledged?.atMs ?? startedAtMs ?? 0;
  // If the clock was set back, the silence may have been longer than it seems.
  return Math.abs(Date.now() - sinceMs) > MAX_SILENCE_MS;
}

/**
 * Whether the life has expired and can be replaced. If it can, the totals are reduced to those that were
 * never acknowledged, which is all that the new life starts with.
 *
 * @param canMove there is another gateway to move to
 */
export function expire(life: Life, canMove: boolean): boolean {
  // A push in doubt may have been applied; under a new id it would be counted twice.
  if (life.inDoubt || !isSilent(life)) return false;
  return dropAcknowledged(life) || canMove;
}

/**
 * Reduces the totals to those that were never acknowledged.
 *
 * @returns false if nothing was acknowledged
 */
export function dropAcknowledged({ acknowledged }: Life): boolean {
  if (acknowledged) diff(acknowledged.totals);
  return acknowledged !== undefined;
}
