import { expect } from "vitest";
import { type Core, pretendProduction, totalOf } from "./core.js";
import { fakePlatform, descriptor, startInstance } from "./fake-platform.js";
import { startReceiver } from "./receiver.js";

/** Expects two copies of the package in one process to act as one. */
export async function expectOnePackage(first: Core, second: Core): Promise<void> {
  pretendProduction();
  expect(second.counter).not.toBe(first.counter);
  const server = await startReceiver();
  const define = ({ counter }: Core) =>
    counter({ name: "copied_total", help: "Copied.", labelNames: ["by"] });
  const ours = define(first);
  const theirs = define(second);
  expect(() => second.gauge({ name: "copied", help: "Copied." })).not.toThrow();
  expect(() => first.histogram({ name: "copied", help: "Copied." })).toThrow("defined twice");

  const instance = startInstance(first, { url: server.url });
  expect(second.instanceOn(fakePlatform(), { url: server.url })).toBe(instance);

  const records: unknown[] = [];
  const end = second.onInvocation((record) => records.push(record.value("copied_total")));
  const handler = first.wrap(
    async () => {
      ours.inc({ by: "first" });
      theirs.inc({ by: "first" });
      theirs.inc({ by: "second" });
      expect(second.currentInvocation()?.id).toBe("request-1");
      expect(second.currentInvocation()?.registry.value("copied_total")).toBe(3);
    },
    () => instance,
    () => descriptor(),
  );
  // A handler that the other copy has wrapped is not wrapped again.
  expect(
    second.wrap(
      handler,
      () => instance,
      () => descriptor(),
    ),
  ).toBe(handler);
  const outer = second.wrap(
    async () => await handler(),
    () => instance,
    () => descriptor(),
  );
  await outer();
  end();

  expect(records).toEqual([3]);
  expect(server.received).toHaveLength(1);
  for (const copy of [first, second]) {
    expect(totalOf(copy, 'copied_total{by="first"}')).toBe(2);
    expect(totalOf(copy, 'faas_invocations_total{faas_trigger="http"}')).toBe(1);
  }
  expect(first.explain()).toBe(second.explain());
}
