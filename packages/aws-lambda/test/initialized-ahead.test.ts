import type { Instance } from "@prefreeze/core/adapter";
import { expect, test, vi } from "vitest";
import { isInitializedAhead } from "../src/environment/initialized-ahead.js";

// Ten idle seconds are too long for a test, so the clock is a fake.
test.each([
  [100, 150, false],
  [9_000, 18_999, false],
  [100, 10_200, true],
  [100, 3_600_000, true],
])(
  "for an environment that is ready after %i ms and first invoked at %i ms, isInitializedAhead() is %s",
  (initDurationMs, invokedMs, ahead) => {
    using now = vi.spyOn(performance, "now").mockReturnValue(invokedMs);
    const instance = { platform: { initDurationMs } } as Instance;
    expect(isInitializedAhead(instance)).toBe(ahead);
    expect(now).toHaveBeenCalled();
  },
);
