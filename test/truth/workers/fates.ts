import { createOracle, type Fate, type Oracle } from "../oracle.js";
import { MESSAGES, retriedIn, type WorkerNote, type WorkerOrder } from "./function/order.js";

/** The bounds of the histogram that all versions of the Worker have. */
export const COMMON_BOUNDS = ["1", "10", "+Inf"];

/**
 * Tells the oracle what the Workers have noted.
 *
 * @throws Error if an order did not reach its handlers as often as it must
 */
export function truthOf(
  orders: ReadonlyMap<number, WorkerOrder>,
  notes: readonly WorkerNote[],
): Pick<Oracle, "readings" | "counts"> {
  const oracle = createOracle();
  const boots = new Set<string>();
  const begun = new Map<number, number>();
  for (const note of notes) {
    if (note.at !== "begin") continue;
    const order = orders.get(note.id)!;
    oracle.add(note.environment, {
      ...endOf(note, order),
      trigger: note.trigger,
      seen: true,
      coldStart: !boots.has(note.boot),
      recorded: note.records ? recordedBy(note, order) : {},
    });
    boots.add(note.boot);
    begun.set(note.id, (begun.get(note.id) ?? 0) + 1);
  }
  for (const [id, order] of orders) {
    const found = begun.get(id) ?? 0;
    if (found !== callsOf(order))
      throw new Error(
        `no verdict: ${JSON.stringify(order)} made ${found} calls instead of ${callsOf(order)}`,
      );
  }
  return oracle;
}

/** An alarm is set in a call of its own. One that threw is tried again. */
function callsOf({ way, kind }: WorkerOrder): number {
  if (way !== "alarm") return 1;
  return kind === "throw" ? 3 : 2;
}

function endOf(
  { error, records }: WorkerNote,
  { kind }: WorkerOrder,
): Pick<Fate, "outcome" | "errorType"> {
  const errorType = error ?? (records && kind === "status" ? "503" : undefined);
  return errorType === undefined ? { outcome: "succeeded" } : { outcome: "failed", errorType };
}

function recordedBy({ error }: WorkerNote, order: WorkerOrder) {
  const { plan, amount, kind } = order;
  const sizes = [amount / 4];
  if (error === undefined && kind !== "disconnect") sizes.push(1);
  const buckets = COMMON_BOUNDS.map((bound): [string, number] => [
    `order_size_bucket{le="${bound}"}`,
    sizes.filter((size) => bound === "+Inf" || size <= Number(bound)).length,
  ]);
  return {
    [`orders_total{plan="${plan}"}`]: amount,
    order_size_count: sizes.length,
    order_size_sum: sizes.reduce((sum, size) => sum + size, 0),
    ...Object.fromEntries(buckets.filter(([, count]) => count > 0)),
    ...failedMessages(error, order),
    ...(kind === "disconnect" && { 'faas_canceled_total{faas_trigger="http"}': 1 }),
  };
}

function failedMessages(error: string | undefined, { way, amount }: WorkerOrder) {
  if (way !== "queue") return {};
  const failed = error === undefined ? retriedIn(amount) : MESSAGES;
  return failed === 0 ? {} : { faas_batch_item_failures_total: failed };
}
