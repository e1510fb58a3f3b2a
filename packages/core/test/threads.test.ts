import { expect, it, vi } from "vitest";
import { collectWarnings, freshCore, totalOf } from "./core.js";

it("a recording without an instance is silent on Next.js's edge runtime, which throws for Node.js APIs", async () => {
  const core = await freshCore();
  const warnings = collectWarnings();
  const builtin = vi.spyOn(process, "getBuiltinModule").mockImplementation(() => {
    throw new Error("A Node.js API is used which is not supported in the Edge Runtime");
  });
  core.counter({ name: "hits_total", help: "Hits." }).inc();
  builtin.mockRestore();
  expect(totalOf(core, "hits_total")).toBe(1);
  expect(warnings).toEqual([]);
});
