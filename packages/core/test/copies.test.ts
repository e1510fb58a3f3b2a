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
});
