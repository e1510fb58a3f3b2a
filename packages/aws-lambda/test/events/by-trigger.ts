import { changeBatches, changeEvents } from "./data-sources.js";
import { authorizerEvents, httpEvents } from "./http.js";
import { messageBatches, messageEvents } from "./messages.js";
import { misleadingEvents, otherEvents } from "./others.js";
import { scheduleEvents } from "./schedules.js";
import { webSocketEvents } from "./web-socket.js";

/** Events as the services send them, cut to what a handler may look at, by what they are to be counted as. */
export const eventsByTrigger = {
  http: { ...httpEvents, ...webSocketEvents },
  pubsub: { ...messageBatches, ...messageEvents },
  datasource: { ...changeBatches, ...changeEvents },
  timer: scheduleEvents,
  other: { ...otherEvents, ...authorizerEvents, ...misleadingEvents },
} as const;

/** Those whose result can name the items that failed. */
export const batchEvents = { ...messageBatches, ...changeBatches };
