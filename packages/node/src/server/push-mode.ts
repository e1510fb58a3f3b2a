import { shared } from "@prefreeze/core/adapter";
import { transportName } from "./process-transport.js";

const mode = shared<{ everyMs: number | undefined }>("pushMode", { everyMs: undefined });

/** Notes for `explain()` how often this process pushes, in milliseconds. */
export function pushesEvery(intervalMs: number): void {
  mode.everyMs = intervalMs;
}

/** When snapshots of a process that goes on are pushed, and how, for `explain()`. */
export function pushMode(): readonly [mode: string, reason: string] {
  const { everyMs } = mode;
  const by = `requests are sent by ${transportName()}`;
  return everyMs === undefined
    ? ["push when a job ends", `pushEvery() was not called; ${by}`]
    : [`push every ${everyMs / 1_000} s and at the end of the process`, by];
}

/** The same of a Web Function. */
export function webFunctionMode(): readonly [mode: string, reason: string] {
  return [
    "push after requests, on an interval, and at the end of the process",
    "AWS Lambda Web Functions serve several requests at once, and may be frozen between them",
  ];
}
