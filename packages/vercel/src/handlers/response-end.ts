import type { InvocationDescriptor } from "@prefreeze/core/adapter";

/** How an invocation ends, by the kind of its response. */
export interface ResponseEnd extends Pick<
  InvocationDescriptor,
  "failureIn" | "passOn" | "completion" | "detached"
> {
  /** The client went away before it had the whole response. */
  readonly isCanceled: () => boolean;
}
