import type { InvocationRecord } from "@prefreeze/vercel";
import { onTestFinished, vi } from "vitest";

const key = Symbol.for("@vercel/request-context");

/** What Vercel's server keeps for a request. */
export function useContext(context: unknown): void {
  useContextGetter(() => context);
}

/** The same, if getting it is what matters. */
export function useContextGetter(get: () => unknown): void {
  Object.assign(globalThis, { [key]: { get } });
  onTestFinished(() => void Reflect.deleteProperty(globalThis, key));
}

/** The adapter on Vercel, in this process and without a gateway. Call it at the top of a test file. */
export async function loadOnVercel() {
  vi.stubEnv("VERCEL", "1");
  vi.stubEnv("PUSHGATEWAY_URL", "");
  vi.spyOn(console, "warn").mockReturnValue();
  const adapter = await import("@prefreeze/vercel");
  const records: InvocationRecord[] = [];
  adapter.onInvocation((record) => void records.push(record));
  return { ...adapter, records };
}
