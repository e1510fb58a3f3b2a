import type { WatchedBody } from "@prefreeze/core/adapter";

/** A client whose connection takes nothing for this long has gone: servers stop reading then, without a word. */
const LONGEST_PAUSE_MS = 30_000;

/** Whether somebody reads the body; `false` if its reader has left, or has asked for nothing for a long time. */
export function isStillRead({
  isRead,
  idleMs,
}: Pick<WatchedBody, "isRead" | "idleMs">): boolean | undefined {
  const read = isRead();
  return read && idleMs() > LONGEST_PAUSE_MS ? false : read;
}
