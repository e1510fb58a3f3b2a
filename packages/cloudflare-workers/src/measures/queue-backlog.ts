import { bounded, builtIn, initSeries } from "@prefreeze/core/adapter";
import type { BeginMeasure } from "../runtime/measure.js";

const MAX_QUEUES = 100;

interface Batch {
  readonly queue: unknown;
  readonly metadata?: {
    readonly metrics?: {
      readonly backlogCount: unknown;
      readonly backlogBytes: unknown;
      readonly oldestMessageTimestamp?: unknown;
    };
  };
}

/**
 * Measures the backlog of each queue as the runtime tells it with each batch: `cloudflare_queue_backlog_messages`,
 * `cloudflare_queue_backlog_bytes` (in bytes) and `cloudflare_queue_oldest_message_timestamp_seconds` (Unix time, in
 * seconds; `NaN` if nothing waits), by `queue`, at most 100 queues. List it in the `measures` option.
 *
 * @throws TypeError if the Worker has a metric of one of these names with another shape
 */
export function queueBacklog(): BeginMeasure {
  const gauge = (name: string, help: string) => builtIn("gauge", name, help, ["queue"]);
  const messages = gauge("cloudflare_queue_backlog_messages", "Messages that wait in the queue.");
  const bytes = gauge("cloudflare_queue_backlog_bytes", "Size of the messages that wait.");
  const oldest = gauge(
    "cloudflare_queue_oldest_message_timestamp_seconds",
    "When the oldest message that waits was sent.",
  );
  const boundedQueue = bounded(MAX_QUEUES);

  return (batch) => {
    const { queue, metadata } = batch as Batch;
    const metrics = metadata?.metrics;
    // An older runtime tells nothing.
    if (!metrics) return undefined;
    const labels = { queue: boundedQueue(String(queue)) };
    const set = (of: typeof messages, value: number) => {
      // The total itself: of batches at once, the newest stands, not the one that takes longest.
      const total = initSeries(of, labels).total!;
      total.value = value;
      total.absolute = true;
    };
    set(messages, Number(metrics.backlogCount));
    set(bytes, Number(metrics.backlogBytes));
    const { oldestMessageTimestamp } = metrics;
    set(oldest, oldestMessageTimestamp ? Number(oldestMessageTimestamp) / 1_000 : NaN);
    return undefined;
  };
}
