/** Whether it can be awaited; a getter that throws is no promise. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof value === "object" && typeof (value as { then?: unknown }).then === "function";
  } catch {
    return false;
  }
}
