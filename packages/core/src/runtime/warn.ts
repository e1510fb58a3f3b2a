import { shared } from "./shared.js";

const warned = shared("warned", new Set<string>());

/** Writes a warning on one line, at most once per subject in the life of the process. */
export function warnOnce(subject: string, message: string): void {
  // Users can make up subjects without end (metric and label names), so the set is bounded.
  if (warned.has(subject) || warned.size > 1_000) return;
  warned.add(subject);
  warn(message);
}

export function warn(message: string): void {
  try {
    console.warn(`prefreeze: ${message.replace(/\s+/g, " ")}`);
  } catch {
    // Many tools patch `console`. A logger that throws must not become the function's problem.
  }
}
