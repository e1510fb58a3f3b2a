import { edgeEvents, objectLambdaEvents, resolverEvents } from "./answers.js";
import { changeBatches, changeEvents } from "./data-sources.js";
import { authorizerEvents, httpEvents } from "./http.js";
import { messageBatches, messageEvents } from "./messages.js";
import { misleadingEvents, otherEvents } from "./others.js";
import { scheduleEvents } from "./schedules.js";
import { webSocketEvents } from "./web-socket.js";

/** Events as the services send them, reduced to what a handler may read, by the trigger they count for. */
export const eventsByTrigger = {
  http: {
    ...httpEvents,
    ...webSocketEvents,
    ...edgeEvents,
    ...objectLambdaEvents,
    ...resolverEvents,
  },
  pubsub: { ...messageBatches, ...messageEvents },
  datasource: { ...changeBatches, ...changeEvents },
  timer: scheduleEvents,
  other: { ...otherEvents, ...authorizerEvents, ...misleadingEvents },
} as const;

/** Events whose handler's result can name the items that failed. */
export const batchEvents = { ...messageBatches, ...changeBatches };
