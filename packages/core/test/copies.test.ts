import { beforeEach, describe, expect, it } from "vitest";
import { anotherCopy, collectWarnings, freshCore, textOf } from "./core.js";
import { expectOneOf } from "./one-of-two.js";

describe("two copies in one process", () => {
  beforeEach(() => {
    collectWarnings();
  });

  it("work as one", async () => {
    expect.hasAssertions();
    await expectOneOf(await freshCore(), await anotherCopy());
  });

  it("are separate if they share no global object", async () => {
    const first = await freshCore();
    const second = await freshCore();
    first.counter({ name: "hits_total", help: "Hits." }).inc();
    expect(textOf(second)).toBe("");
  });
});
