import { execFileSync } from "node:child_process";
import { beforeEach, describe, expect, it } from "vitest";
import { anotherCopy, collectWarnings, freshCore, textOf } from "./core.js";
import { expectOnePackage } from "./expect-one-package.js";

describe("two copies in one process", () => {
  beforeEach(() => {
    collectWarnings();
  });

  it("work as one", async () => {
    expect.hasAssertions();
    await expectOnePackage(await freshCore(), await anotherCopy());
  });

  it("are independent if they do not share globalThis", async () => {
    const first = await freshCore();
    const second = await freshCore();
    first.counter({ name: "hits_total", help: "Hits." }).inc();
    expect(textOf(second)).toBe("");
  });

  it("load if the global object takes no properties, and its process cannot be read", () => {
    const program = `
      Object.defineProperty(globalThis, "process", { get() { throw new Error("no process"); } });
      Object.preventExtensions(globalThis);
      const { counter } = await import("@prefreeze/core");
      counter({ name: "hits_total", help: "Hits." }).inc();
      console.log("counted");`;
    const args = ["--input-type=module", "-e", program];
    const cwd = import.meta.dirname;
    expect(execFileSync(process.execPath, args, { cwd, encoding: "utf8" })).toBe("counted\n");
  });
});
