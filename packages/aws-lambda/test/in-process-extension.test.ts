import { expect, onTestFinished, test, vi } from "vitest";
import type { InvokeEvent } from "../src/extension/extensions-api.js";
import { createExtension } from "../src/extension/in-process-extension.js";

// Neither the emulator nor AWS fails here as a rule, so this Extensions API is a fake.
function fakePlatform() {
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

test("an extension that gets no event keeps nothing awake, says why, and asks again", async () => {
  const { next, calls, event, extension } = fakePlatform();
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

test.each([[null], [{}], ["text"]])(
  "an extension asks for the next event after a malformed one, %j",
  async (malformed) => {
    const { next, calls } = fakePlatform();
    calls[0]?.resolve(malformed);
    await expect.poll(() => next.mock.calls.length).toBe(2);
  },
);

test("an extension lets an invocation that does not end go 50 ms before its deadline", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { next, calls, extension } = fakePlatform();
  extension.begin("1");
  calls[0]?.resolve({ requestId: "1", deadlineMs: Date.now() + 1_000 });
  await vi.advanceTimersByTimeAsync(949);
  expect(next).toHaveBeenCalledTimes(1);
  expect(extension.holds("1")).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(next).toHaveBeenCalledTimes(2);
  expect(extension.holds("1")).toBe(false);
});

test("an extension asks for the next event only when every invocation that began is done", async () => {
  const { next, calls, event, extension } = fakePlatform();
  extension.begin("1");
  calls[0]?.resolve(event("1"));
  extension.begin("inner");
  await new Promise((resolve) => setTimeout(resolve, 150));
  extension.done("1");
  expect(next).toHaveBeenCalledTimes(1);
  extension.done("inner");
  expect(next).toHaveBeenCalledTimes(2);
});
