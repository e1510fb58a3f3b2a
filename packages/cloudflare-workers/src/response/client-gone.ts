/**
 * Calls `act` when the client of a request goes away, if the runtime tells: it does with the compatibility flag
 * `enable_request_signal`.
 */
export function onClientGone(request: Request, act: () => void): void {
  const { Cloudflare } = globalThis as {
    readonly Cloudflare?: { readonly compatibilityFlags?: Readonly<Record<string, boolean>> };
  };
  if (Cloudflare?.compatibilityFlags?.["enable_request_signal"])
    request.signal.addEventListener("abort", act);
}
