import { expect, test, vi } from "vitest";
import type { InvokeEvent } from "../src/extension/extensions-api.js";
import { createExtension } from "../src/extension/in-process-extension.js";

// The emulated platform does not fail, and neither does AWS's as a rule: so what answers here is made up.
function platform() {
  const calls: { resolve(event: unknown): void; reject(error: Error): void }[] = [];
  const next = vi.fn(
    () =>
      new Promise<InvokeEvent>((resolve, reject) =>
        calls.push({ resolve: (event) => resolve(event as InvokeEvent), reject }),
      ),
  );
  const event = (requestId: string) => ({ requestId, deadlineMs: Date.now() + 60_000 });
  return { next, calls, event, extension: createExtension(next) };
}

test("an extension that hears nothing holds nothing, says why, and asks again", async () => {
  const { next, calls, event, extension } = platform();
  extension.begin("1");
  expect(extension.holds("1")).toBe(true);
  calls[0]?.reject(new Error("socket hang up"));
  await expect.poll(() => extension.refusal).toContain("socket hang up");
  expect(extension.holds("1")).toBe(false);
  extension.begin("2");
  expect(extension.holds("2")).toBe(false);
  await expect.poll(() => next.mock.calls.length).toBe(2);
  calls[1]?.resolve(event("3"));
  await expect.poll(() => extension.refusal).toBeUndefined();
  extension.begin("3");
  expect(extension.holds("3")).toBe(true);
});

test.each([[null], [{}], ["text"]])("an event of %j does not end the asking", async (odd) => {
  const { next, calls } = platform();
  calls[0]?.resolve(odd);
  await expect.poll(() => next.mock.calls.length).toBe(2);
});

test("an environment asks on when all that has begun is done, and not before", async () => {
  const { next, calls, event, extension } = platform();
  extension.begin("1");
  calls[0]?.resolve(event("1"));
  extension.begin("inner");
  await new Promise((resolve) => setTimeout(resolve, 150));
  extension.done("1");
  expect(next).toHaveBeenCalledTimes(1);
  extension.done("inner");
  expect(next).toHaveBeenCalledTimes(2);
});
