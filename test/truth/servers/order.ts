// What the truth run's servers do for each request, on every platform. They note it outside, so that the run can compare
// the metrics with that. It is bundled into functions of the edge runtime, too: no API of Node.js.

/**
 * What happens in a request. `stream` and `abort`: the body is streamed, and the client reads all of it or goes away after
 * the first chunk. `timeout`: the handler outlasts the platform's deadline.
 */
export type OrderKind = "throw" | "status" | "stream" | "abort" | "timeout";

export interface WebOrder {
  readonly id: number;
  readonly plan: "free" | "pro";
  readonly amount: number;
  readonly runMs: number;
  /** Which of the platform's servers gets it. */
  readonly shape: string;
  /** Undefined: no fault. */
  readonly kind?: OrderKind;
}

/** One line of what a server notes. */
export interface WebNote {
  /** `end`: just before the answer, or the body, ends. */
  readonly at: "begin" | "end";
  readonly id: number;
  /** The part of the instance's name that all lives of a process share. */
  readonly environment: string;
  /** In milliseconds since 1970. */
  readonly atMs: number;
}

/** Notes something. What the server records for it comes afterwards. */
export type TakeNote = (note: WebNote) => unknown;

/** Records an order. Both methods may be called more than once. */
export interface OrderMetrics {
  accepted(plan: string, amount: number): void;
  sized(size: number): void;
}

export interface OrderAnswer {
  readonly status: number;
  /** Chunks of a body that is streamed. Undefined: the body is the order as JSON. */
  readonly chunks?: AsyncGenerator<string, void, undefined>;
  readonly text: string;
}

const CHUNKS = 3;
/** A client that has gone away is noticed when something is written to it. */
const MAX_CHUNKS = 500;
const CHUNK_EVERY_MS = 10;
/** Longer than the deadline of such a request. */
const OUTLASTS_MS = 3_500;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads the order of a request. */
export function orderOf(url: string): WebOrder {
  return JSON.parse(new URL(url, "http://shop/").searchParams.get("order")!) as WebOrder;
}

/** @throws RangeError for an order of the kind `throw` */
export async function takeOrder(
  { id, plan, amount, runMs, kind }: WebOrder,
  environment: string,
  metrics: OrderMetrics,
  takeNote: TakeNote,
): Promise<OrderAnswer> {
  const note = (at: WebNote["at"]) => takeNote({ at, id, environment, atMs: Date.now() });
  await note("begin");
  metrics.accepted(plan, amount);
  metrics.sized(amount / 4);
  if (runMs > 0) await wait(runMs);
  if (kind === "timeout") await wait(OUTLASTS_MS);
  const streams = kind === "stream" || kind === "abort";
  if (!streams) await note("end");
  if (kind === "throw") throw new RangeError("no such plan");
  const text = JSON.stringify({ id, plan, amount });
  if (streams) return { status: 200, chunks: chunksOf(kind, metrics, note), text };
  if (kind !== "timeout") metrics.sized(1);
  return { status: kind === "status" ? 503 : 200, text };
}

async function* chunksOf(
  kind: OrderKind,
  metrics: OrderMetrics,
  note: (at: WebNote["at"]) => unknown,
): AsyncGenerator<string, void, undefined> {
  try {
    for (let chunk = 0; chunk < (kind === "abort" ? MAX_CHUNKS : CHUNKS); chunk++) {
      if (chunk > 0) await wait(CHUNK_EVERY_MS);
      yield `chunk ${chunk}\n`;
    }
    if (kind === "stream") metrics.sized(1);
  } finally {
    await note("end");
  }
}
