/** The message of a thrown value. `fetch` hides the real reason in the cause, so causes are added. Never throws. */
export function reasonOf(thrown: unknown): string {
  try {
    const { message, code, cause } = Object(thrown) as Readonly<Record<string, unknown>>;
    // If every address of a host failed, the error that sums them up has a code but no message.
    return String(message || code || thrown) + (cause ? `: ${reasonOf(cause)}` : "");
  } catch {
    return "unknown";
  }
}
