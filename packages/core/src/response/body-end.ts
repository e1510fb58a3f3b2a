import { startTimer } from "../runtime/timer.js";
import type { WatchedBody } from "./watch-body.js";

/** A body that takes longer than this is long: what was recorded is pushed before it ends. */
const LONG_MS = 1_000;
/** What a long body records is pushed this often. Workers let a request whose client has gone run for 30 s. */
const LOOK_MS = 10_000;

/**
 * Resolves when the body has ended, with whether its reader went away; rejects with the body's error.
 *
 * A reader may go away without a word: it is looked for now and then. A body that nobody reads has ended.
 *
 * @param pushSoFar pushes what the invocation has recorded so far
 */
export function bodyEnd(
  { over, isRead }: Pick<WatchedBody, "over" | "isRead">,
  pushSoFar: () => void,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const read = isRead();
      if (!read) return resolve(read === false);
      pushSoFar();
      timer = startTimer(look, LOOK_MS, true);
    };
    let timer = startTimer(look, LONG_MS, true);
    over.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
