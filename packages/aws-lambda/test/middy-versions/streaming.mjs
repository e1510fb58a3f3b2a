import { middy } from "middy-7";
import { executionModeStreamifyResponse } from "middy-7/StreamifyResponse";
import { streamingBy } from "../fixtures/middy-streaming.ts";

export const { outside, wrappedFirst, first } = streamingBy(middy, {
  executionMode: executionModeStreamifyResponse,
});
