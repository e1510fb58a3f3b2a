import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import {
  BUDGETS_BYTES,
  measureSizes,
  quotedBytes,
  SIZED_PLATFORMS,
  type SizeFigure,
} from "./figures.js";
import { readmeRow } from "./readme-table.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

describe("a handler and everything it needs, minified and gzipped", { timeout: 30_000 }, () => {
  let figures: readonly SizeFigure[];
  beforeAll(async () => {
    figures = await measureSizes();
  }, 30_000);

  it.each([
    ["lambda", 16_000],
    ["workers", 9_350],
    ["vercel", 9_800],
  ] as const)("is on %s over its budget still, and must not grow over %i B", (platform, most) => {
    const counterBytes = quotedBytes(figures, platform, "counter");
    expect(counterBytes).toBeGreaterThan(BUDGETS_BYTES[platform]);
    expect(counterBytes).toBeLessThanOrEqual(most);
  });

  it.each(SIZED_PLATFORMS)("is for %s what the README says", (platform) => {
    const quoted = /<!-- size:start -->(.*)<!-- size:end -->/s.exec(readme)?.[1];
    expect(quoted?.split("\n")).toContain(readmeRow(figures, platform));
  });
});
