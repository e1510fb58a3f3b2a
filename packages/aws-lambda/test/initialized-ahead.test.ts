import type { Instance } from "@prefreeze/core/adapter";
import { expect, test, vi } from "vitest";
import { isInitializedAhead } from "../src/environment/initialized-ahead.js";

// Ten seconds of idling are too long for a test: only the clock is not the real one.
test.each([
  [100, 150, false],
  [9_000, 18_999, false],
  [100, 10_200, true],
  [100, 3_600_000, true],
])(
  "ready after %i ms and first called at %i ms: initialized ahead is %s",
  (initDurationMs, calledMs, ahead) => {
    using now = vi.spyOn(performance, "now").mockReturnValue(calledMs);
    const instance = { platform: { initDurationMs } } as Instance;
    expect(isInitializedAhead(instance)).toBe(ahead);
    expect(now).toHaveBeenCalled();
  },
);
