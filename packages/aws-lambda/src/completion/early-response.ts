/**
 * Watches for another middleware's early response. Middy then sets `earlyResponse` and `response`, calls no
 * further hook, and answers with the value of `response`.
 *
 * @param ended called with the early response; middy waits for the promise that it returns
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
