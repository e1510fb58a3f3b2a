import { shared } from "./shared.js";
import { shorten } from "./shorten.js";

const warned = shared("warned", new Set<string>());

/** Writes a warning on one line, at most once per subject in the life of the process. */
export function warnOnce(subject: string, message: string): void {
  const kept = shorten(subject, 200);
  // Users can make up subjects without end (metric and label names), so the set is bounded.
  if (warned.has(kept) || warned.size > 1_000) return;
  warned.add(kept);
  warn(message);
}

/** Writes a warning on one line. Never throws. */
export function warn(message: string): void {
  try {
    console.warn(`prefreeze: ${shorten(message, 2_000).replace(/\s+/g, " ")}`);
  } catch {
    // Many tools patch `console`. A logger that throws must not become the function's problem.
  }
}
