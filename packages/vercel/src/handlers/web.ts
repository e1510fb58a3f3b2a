import { errorTypeOfResponse, type InvocationDescriptor } from "@prefreeze/core/adapter";

/** How an invocation ends if it returns a `Response`. */
export const webResponse: Pick<InvocationDescriptor, "failureIn" | "completion"> = {
  failureIn: errorTypeOfResponse,
};
