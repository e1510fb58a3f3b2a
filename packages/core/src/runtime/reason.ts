import { shorten } from "./shorten.js";

/**
 * The message of a thrown value. `fetch` hides the real reason in the cause, so causes are added. Never throws.
 *
 * @param depth how many causes are read: an error can be its own cause. Default 4
 */
export function reasonOf(thrown: unknown, depth = 4): string {
  try {
    const { message, code, cause } = Object(thrown) as Readonly<Record<string, unknown>>;
    // If every address of a host failed, the error that sums them up has a code but no message.
    const reason = shorten(String(message || code || thrown), 600);
    return cause && depth > 0 ? `${reason}: ${reasonOf(cause, depth - 1)}` : reason;
  } catch {
    return "unknown";
  }
}
