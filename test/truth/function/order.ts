// The handler of the truth run. It notes what it did in a file, so that the run can compare the metrics with
// that.
import { appendFileSync } from "node:fs";
import type { InvocationKind } from "../faults.js";

export interface OrderEvent {
  readonly id: number;
  readonly plan: "free" | "pro";
  readonly amount: number;
  readonly runMs: number;
  /** Undefined: no fault. */
  readonly kind?: InvocationKind;
}

export interface OrderAnswer {
  readonly id: number;
  readonly plan: string;
  readonly amount: number;
  /** Identifies the process. */
  readonly boot: string;
  readonly pid: number;
  /** It was the first invocation of its process. */
  readonly first: boolean;
  /** How long the handler itself took, in milliseconds. */
  readonly handlerMs: number;
  /** When the environment received the invocation, in milliseconds since 1970. */
  readonly handedOverAtMs: number;
}

/** Records an order. Both methods may be called more than once. */
export interface OrderMetrics {
  accepted(plan: string, amount: number): void;
  sized(size: number): void;
}

/** One line of the file. */
export interface Note {
  /** `end`: just before the handler ends, or before its fault. */
  readonly at: "begin" | "end";
  readonly id: number;
  /** The environment's name, with which its instances' names start. */
  readonly environment: string;
  readonly boot: string;
  /** The time left before the function's timeout, in milliseconds. */
  readonly leftMs: number;
}

type Context = { getRemainingTimeInMillis(): number };

const boot = crypto.randomUUID();
const environment = /\](\w{8})/.exec(process.env["AWS_LAMBDA_LOG_STREAM_NAME"]!)![1]!;
const timeoutMs = Number(process.env["FUNCTION_TIMEOUT_MS"]);
const LONG_MS = 60_000;
let first = true;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The faults: each throws, ends the process, or outlasts the function's timeout. */
const FAULTS: Readonly<Record<Exclude<InvocationKind, "killedAfter">, () => unknown>> = {
  throw() {
    throw new RangeError("no such plan");
  },
  timeout: () => wait(LONG_MS),
  blocked: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LONG_MS),
  exit: () => process.exit(3),
  uncaught() {
    setImmediate(() => {
      throw new Error("nobody catches this");
    });
    return wait(LONG_MS);
  },
  killed() {
    process.kill(process.pid, "SIGKILL");
    return wait(LONG_MS);
  },
};

export async function order(
  { id, plan, amount, runMs, kind }: OrderEvent,
  context: Context,
  metrics: OrderMetrics,
): Promise<OrderAnswer> {
  const startedMs = performance.now();
  const handedOverAtMs = Date.now() + context.getRemainingTimeInMillis() - timeoutMs;
  const note = (at: Note["at"]) => {
    const line: Note = { at, id, environment, boot, leftMs: context.getRemainingTimeInMillis() };
    appendFileSync(process.env["NOTES"]!, `${JSON.stringify(line)}\n`);
  };
  const isFirst = first;
  first = false;
  note("begin");
  metrics.accepted(plan, amount);
  metrics.sized(amount / 4);
  if (runMs > 0) await wait(runMs);
  if (kind && kind !== "killedAfter") {
    note("end");
    await FAULTS[kind]();
  }
  metrics.sized(1);
  note("end");
  const handlerMs = performance.now() - startedMs;
  const { pid } = process;
  return { id, plan, amount, boot, pid, first: isFirst, handlerMs, handedOverAtMs };
}
