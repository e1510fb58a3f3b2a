import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { measureSizes, SIZED_PLATFORMS, type SizeFigure } from "./figures.js";
import { readmeRow } from "./readme-table.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

describe("a handler and everything it needs, minified and gzipped", { timeout: 30_000 }, () => {
  let figures: readonly SizeFigure[];
  beforeAll(async () => {
    figures = await measureSizes();
  }, 30_000);

  it("is within its limit on every platform", () => {
    for (const { platform, format, handler, gzippedBytes, limitBytes } of figures)
      expect(gzippedBytes, `${platform} ${format} ${handler}`).toBeLessThanOrEqual(limitBytes);
  });

  it.each(SIZED_PLATFORMS)("is, on %s, the size that the README quotes", (platform) => {
    const quoted = /<!-- size:start -->(.*)<!-- size:end -->/s.exec(readme)?.[1];
    expect(quoted?.split("\n")).toContain(readmeRow(figures, platform));
  });
});
