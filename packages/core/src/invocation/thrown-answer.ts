/** How the digests begin by which Next.js knows `redirect()`, `notFound()` and the end of a prerender. */
const NEXT_DIGEST = /^(NEXT_|HANGING_PROMISE_)/;

/** What errors of HTTP clients have, whose status is that of another server's answer. */
const OF_CLIENTS = ["request", "requestId", "requestID", "request_id", "$metadata"];

/**
 * Whether a thrown value is how a framework answers: Next.js's `redirect()` and the like, or anything whose
 * `status` or `statusCode` is an HTTP status below 500, such as a `Response`. Errors of HTTP clients are not.
 */
export function isThrownAnswer(thrown: unknown): boolean {
  const { digest, status, statusCode, init, response } = Object(thrown) as {
    readonly digest?: unknown;
    readonly status?: unknown;
    readonly statusCode?: unknown;
    /** Of `data()` of React Router. */
    readonly init?: { readonly status?: unknown } | null;
    readonly response?: unknown;
  };
  if (typeof digest === "string" && NEXT_DIGEST.test(digest)) return true;
  const given = typeof status === "number" ? status : (statusCode ?? init?.status);
  if (typeof given !== "number" || !(given >= 100 && given < 500)) return false;
  const { headers } = Object(response) as { readonly headers?: unknown };
  return !headers && !OF_CLIENTS.some((name) => name in (thrown as object));
}
