/**
 * Now, in milliseconds since 1970, for code that records.
 *
 * Not by `Date` in Next.js, which has `AsyncLocalStorage` among its globals: there, a component that reads the clock
 * cannot be prerendered.
 */
export function recordingTimeMs(): number {
  return "AsyncLocalStorage" in globalThis
    ? Math.round(performance.timeOrigin + performance.now())
    : Date.now();
}
