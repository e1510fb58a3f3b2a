/** What was thrown, in words; `fetch` hides what happened in the cause. Never throws itself. */
export function reasonOf(thrown: unknown): string {
  try {
    const { message, code, cause } = Object(thrown) as Readonly<Record<string, unknown>>;
    // Where a host has several addresses, the error that sums them up has no message.
    return String(message || code || thrown) + (cause ? `: ${reasonOf(cause)}` : "");
  } catch {
    return "unknown";
  }
}
