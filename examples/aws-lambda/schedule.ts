// An EventBridge schedule that measures how many messages are waiting.
import "@prefreeze/aws-lambda/register";
import { instrument } from "@prefreeze/aws-lambda";
import type { ScheduledEvent } from "aws-lambda";
import { backlog } from "../metrics.js";

export const handler = instrument(async (_event: ScheduledEvent) => {
  backlog.set(await messagesWaiting());
});

/** Stands in for a query to a queue. */
async function messagesWaiting(): Promise<number> {
  return 3;
}
