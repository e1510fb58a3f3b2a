import type { Trigger } from "@prefreeze/core/adapter";

/** What a tail Worker is told of one invocation, reduced to what is counted. */
export interface TailItem {
  /** How it ended. */
  readonly outcome: string;
  /** The Worker, if the runtime tells. */
  readonly scriptName: string | null;
  /** What triggered it; each kind of event has properties of its own. */
  readonly event: object | null;
  /** Time on the CPU, in milliseconds. */
  readonly cpuTime?: number;
  /** Time from start to end, in milliseconds. */
  readonly wallTime?: number;
}

/** The trigger of an invocation, told from the shape of its event. */
export function triggerOf({ event }: TailItem): Trigger {
  if (!event) return "other";
  if ("request" in event) return "http";
  // A cron trigger, or an alarm of a Durable Object.
  if ("scheduledTime" in event) return "timer";
  return "queue" in event || "mailFrom" in event ? "pubsub" : "other";
}
