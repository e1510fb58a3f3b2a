import { diff } from "../exposition/diff.js";
import type { Life } from "./life.js";

/**
 * A life that is silent for longer expires and is replaced by a new one: its group may be pruned soon, and
 * queries, which look back one hour, could no longer tell its growth from its totals.
 */
const MAX_SILENCE_MS = 600_000;

/**
 * Whether the life has expired and can be replaced. If it can, the totals are reduced to those that were
 * never acknowledged, which is all that the new life starts with.
 *
 * @param canMove there is another gateway to move to
 */
export function expire(life: Life, canMove: boolean): boolean {
  const { acknowledged, startedAtMs, inDoubt } = life;
  const silentMs = Date.now() - (acknowledged?.atMs ?? startedAtMs);
  // A push in doubt may have been applied; under a new id it would be counted twice.
  if (silentMs <= MAX_SILENCE_MS || inDoubt) return false;
  if (!acknowledged) return canMove;
  diff(acknowledged.totals);
  return true;
}
