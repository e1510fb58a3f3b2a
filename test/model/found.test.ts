import { beforeEach, describe, expect, test, vi } from "vitest";
import { happenings as h } from "./commands.js";
import { KINDS } from "./kinds.js";
import { runHistory } from "./run-history.js";

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  return () => void vi.restoreAllMocks();
});

// As the model found and shrank them. Each rejects with the rule that was broken.
describe("histories that once went wrong", () => {
  test("a life is left when its lease is over, where the push before a crash was refused", async () => {
    const history = runHistory(KINDS["answers first"], [
      h.begin(),
      h.end(),
      h.push("applied"),
      h.begin(),
      h.end(),
      h.push("answered 400"),
      h.crash(),
      h.freeze(660_000),
    ]);
    await expect(history).resolves.toBeUndefined();
  });
});
