/**
 * Sees another middleware answer early. Middy then notes it as `earlyResponse`, takes it for the
 * `response`, calls no further hook, and answers with what `response` is.
 *
 * @param ended called with the early response; middy waits for what comes back
 */
export function watchEarlyResponse(
  request: { response?: unknown },
  ended: (response: unknown) => Promise<void> | undefined,
): void {
  let { response } = request;
  let held: Promise<void> | undefined;
  Object.defineProperty(request, "response", {
    configurable: true,
    enumerable: true,
    get: () => held?.then(() => response) ?? response,
    set(value: unknown) {
      response = value;
      if (!Object.hasOwn(request, "earlyResponse")) return;
      held = ended(value);
      void held?.then(() => (held = undefined));
    },
  });
}
