import { bodyEnd } from "@prefreeze/core/adapter";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const endless = new Promise<boolean>(() => undefined);

describe("a body", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("that ends within a second pushes nothing before, and leaves no timer", async () => {
    const push = vi.fn();
    expect(await bodyEnd({ over: Promise.resolve(false), isRead: () => true }, push)).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(push).not.toHaveBeenCalled();
  });

  test("that goes on pushes after a second, and every ten seconds", async () => {
    const push = vi.fn();
    void bodyEnd({ over: endless, isRead: () => true }, push);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(push).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(push).toHaveBeenCalledTimes(4);
  });

  test("that fails has the error of its end", async () => {
    const error = new RangeError("cut");
    const end = bodyEnd({ over: Promise.reject(error), isRead: () => true }, () => undefined);
    await expect(end).rejects.toBe(error);
  });

  test("that nobody has read for a second has ended, and was not canceled", async () => {
    const end = bodyEnd({ over: endless, isRead: () => undefined }, () => undefined);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await end).toBe(false);
  });

  test("whose reader has left without a word was canceled", async () => {
    let read = true;
    const end = bodyEnd({ over: endless, isRead: () => read }, () => undefined);
    await vi.advanceTimersByTimeAsync(1_000);
    read = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await end).toBe(true);
  });
});
