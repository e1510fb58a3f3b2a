// The handler with metrics, flushed after the response.
import "@prefreeze/aws-lambda/register";

export { handler } from "./measured.js";
