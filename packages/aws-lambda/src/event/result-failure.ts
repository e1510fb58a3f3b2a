import { errorTypeOf, errorTypeOfStatus } from "@prefreeze/core/adapter";
import { readProperty } from "./read-property.js";
import { statusOf } from "./result-status.js";

/** The error type of a result that says that it failed. @returns undefined for any other result */
export type ResultFailure = (result: unknown) => string | undefined;

export const failedAnswer: ResultFailure = (result) => errorTypeOfStatus(statusOf(result));

export const failedEdgeAnswer: ResultFailure = (result) =>
  errorTypeOfStatus(statusOf(result, "status"));

/**
 * A durable execution that failed returns its error instead of throwing it. One that is suspended returns
 * `PENDING`, and its invocation has succeeded.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html
 */
export const failedExecution: ResultFailure = (result) => {
  if (readProperty(result, "Status") !== "FAILED") return undefined;
  const type = readProperty(readProperty(result, "Error"), "ErrorType");
  // Where other code has frozen `Error.prototype`, nobody can assign a name.
  return errorTypeOf(
    Object.defineProperty(new Error(), "name", {
      value: typeof type === "string" ? type : "Error",
    }),
  );
};
