import { warnOnce } from "@prefreeze/core/adapter";

const BRAND = Symbol.for("@aws/durable-execution-sdk-js/durable-context");

/**
 * Whether a handler was called by AWS's durable execution SDK instead of the runtime. Such a call never returns
 * if its execution is suspended, so it is not observed; one warning says so.
 *
 * @param args the handler's arguments
 */
export function isInsideExecution([, context]: readonly unknown[]): boolean {
  const inside = BRAND in Object(context);
  if (inside)
    warnOnce(
      "durable",
      "nothing is measured inside withDurableExecution(): write instrument(withDurableExecution(handler))",
    );
  return inside;
}
