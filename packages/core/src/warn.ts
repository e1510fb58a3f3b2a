import { state } from "./state.js";

/** Warns a person once per subject for the life of the process, on one line. */
export function warnOnce(subject: string, message: string): void {
  if (state.warned.has(subject)) return;
  state.warned.add(subject);
  warn(message);
}

/** `console` may be patched by anyone: a logger that throws is not the function's problem. */
export function warn(message: string): void {
  try {
    console.warn(`prefreeze: ${message}`);
  } catch {
    // There is nowhere left to say it.
  }
}
