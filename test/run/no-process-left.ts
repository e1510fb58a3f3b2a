// Runs beside each test file: the file fails if it leaves a process running. The process of the tests may be killed at its
// end, without a chance to end what its tests have started.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";

/** A process that was killed a moment ago may still be ending. */
const ENDS_WITHIN_MS = 5_000;
const POLL_MS = 20;

const left = () =>
  process.getActiveResourcesInfo().filter((resource) => resource === "ProcessWrap").length;

// Registered first, so it runs after all hooks of the file.
afterAll(async () => {
  const untilMs = performance.now() + ENDS_WITHIN_MS;
  while (left() > 0 && performance.now() < untilMs) await sleep(POLL_MS);
  if (left() > 0) throw new Error(`this file has started ${left()} processes and not ended them`);
});
