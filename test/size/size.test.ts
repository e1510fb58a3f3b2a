import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { BUDGETS_BYTES, measureSizes, SIZED_PLATFORMS, type SizeFigure } from "./figures.js";
import { readmeRow } from "./readme-table.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

describe("a handler and everything it needs, minified and gzipped", { timeout: 30_000 }, () => {
  let figures: readonly SizeFigure[];
  beforeAll(async () => {
    figures = await measureSizes();
  }, 30_000);

  it.each(["lambda"] as const)("is within the budget of %s", (platform) => {
    const limited = figures.filter(
      (figure) => figure.platform === platform && figure.limitBytes !== undefined,
    );
    expect(limited.length).toBeGreaterThan(0);
    for (const { gzippedBytes } of limited)
      expect(gzippedBytes).toBeLessThanOrEqual(BUDGETS_BYTES[platform]);
  });

  it.each([
    ["workers", 6_950],
    ["vercel", 7_200],
  ] as const)("is on %s over its budget still, and must not grow over %i B", (platform, most) => {
    const counter = figures.find((figure) => figure.platform === platform);
    expect(counter?.gzippedBytes).toBeGreaterThan(BUDGETS_BYTES[platform]);
    expect(counter?.gzippedBytes).toBeLessThanOrEqual(most);
  });

  it.each(SIZED_PLATFORMS)("is for %s what the README says", (platform) => {
    const quoted = /<!-- size:start -->(.*)<!-- size:end -->/s.exec(readme)?.[1];
    expect(quoted?.split("\n")).toContain(readmeRow(figures, platform));
  });
});
