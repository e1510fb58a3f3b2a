import {
  currentInstance,
  endLife,
  expectChange,
  isCollecting,
  shared,
} from "@prefreeze/core/adapter";
import { onTerminate } from "../process/on-terminate.js";
import { joinThreadEnds } from "./thread-ends.js";
import { isWebFunction } from "./web-function.js";

/** pm2 kills a process 1.6 seconds after its signal; all others give more time. */
const LAST_WORK_MS = 1_500;
/** AWS kills a Web Function one second after SIGTERM. */
const WEB_FUNCTION_LAST_WORK_MS = 800;

/** A program that has waited for a gateway that hangs does not wait for it again so soon, when it ends. */
const SOON_MS = 1_000;

const ends = shared("processEnds", {
  listening: false,
  /** When a push that the program has waited for ran out of time, by `performance.now()`. */
  timedOutMs: -Infinity,
  /** Beside the last push, by name. */
  works: new Map<string, (untilMs: number) => Promise<void>>(),
});

/**
 * Pushes once more when the process ends: at SIGTERM and SIGINT, which then do what they would have done, and when
 * nothing is left to do. Further calls do nothing.
 */
export function pushAtProcessEnd(): void {
  if (ends.listening) return;
  ends.listening = true;
  const lastWorkMs = isWebFunction(process.env) ? WEB_FUNCTION_LAST_WORK_MS : LAST_WORK_MS;
  const endThreads = joinThreadEnds(() => lastWork(lastWorkMs));
  const endAll = async () => void (await Promise.all([lastWork(lastWorkMs), endThreads()]));
  onTerminate(endAll, lastWorkMs, {
    signals: ["SIGTERM", "SIGINT"],
    again: true,
  });
  let pushed = false;
  process.on("beforeExit", () => {
    // After all other listeners, which may record something.
    queueMicrotask(() => {
      // A push keeps the process running until it has settled, and then the process ends once more.
      if (pushed && !hasCounted()) return;
      if (performance.now() - ends.timedOutMs <= SOON_MS) return;
      pushed = true;
      void lastWork(lastWorkMs);
    });
  });
}

/**
 * Whether the program has gone on and counted something since the last push, and the gateway takes pushes. What
 * collectors count changes with each push: a process that pushed it again would never end.
 */
function hasCounted(): boolean {
  const flusher = currentInstance()?.pusher?.flusher;
  return !isCollecting() && flusher?.pending === true && flusher.breaker.failures === 0;
}

/**
 * Does `work`, too, before the last push. It is told by its name from that of another copy of this package, and when
 * to give up, in milliseconds since 1970.
 */
export function beforeLastPush(name: string, work: (untilMs: number) => Promise<void>): void {
  ends.works.set(name, work);
  pushAtProcessEnd();
}

/** A push that the program has waited for has run out of time: if the process ends now, it waits for no other one. */
export function lastPushHasTimedOut(): void {
  ends.timedOutMs = performance.now();
}

async function lastWork(withinMs: number): Promise<void> {
  const untilMs = Date.now() + withinMs;
  await Promise.all(
    Array.from(ends.works.values(), (work) => work(untilMs).catch(() => undefined)),
  );
  const pusher = currentInstance()?.pusher;
  if (!pusher || pusher.unused) return;
  if (isCollecting()) expectChange();
  await endLife(pusher, untilMs);
}
