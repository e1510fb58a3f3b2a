import { describe, expect, onTestFinished, test, vi } from "vitest";

/** What the test needs of an adapter. */
interface Adapter {
  readonly recorded: typeof import("@prefreeze/core").recorded;
  readonly counter: typeof import("@prefreeze/core").counter;
}

/** A wrapped handler: called once, it records `orders_total` once, and fails if it is told so. */
export type Call = (fails: boolean) => unknown;

/**
 * Tests that `recorded()` gives the record of a wrapped handler: outside the platform, and on it.
 *
 * @param load imports the adapter and wraps a handler
 * @param onPlatform the variables with which the adapter is active
 */
export function testRecorded<A extends Adapter>(
  load: () => Promise<A>,
  wrap: (adapter: A, record: () => void) => Call,
  onPlatform: Readonly<Record<string, string>>,
): void {
  describe.each([
    ["outside its platform", {}],
    ["on its platform", { ...onPlatform, PUSHGATEWAY_URL: "http://127.0.0.1:9" }],
  ])("recorded() %s", (_where, env) => {
    test("gives the record of a wrapped handler that succeeds, and of one that throws", async () => {
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
      onTestFinished(() => void vi.unstubAllEnvs());
      vi.resetModules();
      const adapter = await load();
      const orders = adapter.counter({ name: "orders_total", help: "Orders." });
      const call = wrap(adapter, () => orders.inc());

      const both = await Promise.all([
        adapter.recorded(() => call(false)),
        adapter.recorded(async () => expect(async () => call(true)).rejects.toThrow("sold out")),
      ]);
      expect(both).toMatchObject([
        { trigger: "http", outcome: "succeeded" },
        { trigger: "http", outcome: "failed", errorType: "RangeError" },
      ]);
      expect(both.map((record) => record.value("orders_total"))).toEqual([1, 1]);
    });
  });
}
