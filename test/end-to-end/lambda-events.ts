import { httpEvents } from "../../packages/aws-lambda/test/events/http.js";
import { messageBatches } from "../../packages/aws-lambda/test/events/messages.js";
import { scheduleEvents } from "../../packages/aws-lambda/test/events/schedules.js";

/** A request to an HTTP API, payload 2.0. */
export function httpApiEvent(body: string, isBase64Encoded = false): object {
  return { ...httpEvents["an HTTP API"], body, isBase64Encoded };
}

/** A batch of messages; their ids are `message-0`, `message-1`, … */
export function sqsEvent(bodies: readonly string[]): object {
  const [record] = messageBatches.SQS.Records;
  return {
    Records: bodies.map((body, index) => ({ ...record, messageId: `message-${index}`, body })),
  };
}

/** The event of a rule on a schedule. */
export const scheduledEvent: object = scheduleEvents["an EventBridge rule on a schedule"];
