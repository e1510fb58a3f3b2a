// What the Worker of the truth run does, however it is called. It notes that outside, so that the run can compare the
// metrics with that.

/** How the Worker is called. */
export type Way =
  | "fetch"
  | "scheduled"
  | "queue"
  | "email"
  | "rpc"
  | "object-fetch"
  | "object-rpc"
  | "alarm"
  | "workflow";

/** What happens in a call. `stream` and `disconnect`: the body is streamed, and the client reads one chunk or all. */
export type OrderKind = "throw" | "status" | "stream" | "disconnect";

export interface WorkerOrder {
  readonly id: number;
  readonly plan: "free" | "pro";
  readonly amount: number;
  readonly runMs: number;
  readonly way: Way;
  /** Undefined: no fault. */
  readonly kind?: OrderKind;
}

export interface OrderAnswer {
  readonly id: number;
  readonly plan: string;
  readonly amount: number;
}

/** Records an order. Both methods may be called more than once. */
export interface OrderMetrics {
  accepted(plan: string, amount: number): void;
  sized(size: number): void;
}

/** One call of a handler or a method. */
export interface WorkerNote {
  /** `end`: just before an alarm has ended without a fault. */
  readonly at: "begin" | "end";
  readonly id: number;
  /** The job of the Worker. */
  readonly environment: string;
  /** Identifies the isolate. */
  readonly boot: string;
  readonly trigger: "http" | "timer" | "pubsub" | "other";
  /** It records the order. If not, it only passes it on. */
  readonly records: boolean;
  /** The name of the error that it ends with. */
  readonly error?: string;
}

export interface OrderEnv {
  readonly NOTES: { fetch(url: string, init: { method: string; body: string }): Promise<unknown> };
  readonly PREFREEZE_JOB: string;
}

/** The messages of a batch. */
export const MESSAGES = 2;

/** How many messages of a batch are delivered again, if it succeeds. */
export function retriedIn(amount: number): number {
  return amount % 3 === 0 ? 1 : 0;
}

export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

// An isolate has no random values before its first request.
let boot: string | undefined;

/** Notes outside what happens. */
export async function note(
  env: OrderEnv,
  what: Pick<WorkerNote, "at" | "id" | "trigger" | "records" | "error">,
): Promise<void> {
  boot ??= crypto.randomUUID();
  const line: WorkerNote = { ...what, environment: env.PREFREEZE_JOB, boot };
  await env.NOTES.fetch("http://notes/", { method: "POST", body: JSON.stringify(line) });
}

export interface OrderCall {
  readonly env: OrderEnv;
  readonly metrics: OrderMetrics;
  readonly trigger: WorkerNote["trigger"];
  /** The call is a second one after a fault. */
  readonly isRetry?: boolean;
}

export async function takeOrder(
  { id, plan, amount, runMs, way, kind }: WorkerOrder,
  { env, metrics, trigger, isRetry = false }: OrderCall,
): Promise<OrderAnswer> {
  const fails = kind === "throw" && !isRetry;
  const noted = { id, trigger, records: true, ...(fails && { error: "RangeError" }) };
  await note(env, { at: "begin", ...noted });
  metrics.accepted(plan, amount);
  metrics.sized(amount / 4);
  if (runMs > 0) await wait(runMs);
  if (fails) throw new RangeError("no such plan");
  if (kind !== "stream" && kind !== "disconnect") metrics.sized(1);
  // Nobody else waits for an alarm.
  if (way === "alarm") await note(env, { at: "end", ...noted });
  return { id, plan, amount };
}
