import { shared } from "./shared.js";

const { warned } = shared({ warned: new Set<string>() });

/** Warns a person once per subject for the life of the process, on one line. */
export function warnOnce(subject: string, message: string): void {
  // Subjects that users make up could be endless.
  if (warned.has(subject) || warned.size > 1_000) return;
  warned.add(subject);
  warn(message);
}

export function warn(message: string): void {
  try {
    console.warn(`prefreeze: ${message.replace(/\s+/g, " ")}`);
  } catch {
    // `console` is patched by many: a logger that throws is not the function's problem.
  }
}
