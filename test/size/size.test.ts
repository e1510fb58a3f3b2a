import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleHandlerOf } from "./bundle.js";
import { measureSizes, SIZED_PLATFORMS, type SizeFigure } from "./figures.js";
import { quotingReadmes, readmeRow } from "./readme-rows.js";

describe("a handler and everything it needs, minified and gzipped", { timeout: 30_000 }, () => {
  let figures: readonly SizeFigure[];
  beforeAll(async () => {
    figures = await measureSizes();
  }, 30_000);

  it("is within its limit on every platform", () => {
    for (const { platform, format, handler, gzippedBytes, limitBytes } of figures)
      expect(gzippedBytes, `${platform} ${format} ${handler}`).toBeLessThanOrEqual(limitBytes);
  });

  // The aggregator keeps its totals as bytes.
  const ofFunctions = SIZED_PLATFORMS.filter((platform) => platform !== "workersAggregator");
  it.each(ofFunctions)("has nothing of the protobuf format on %s", async (platform) => {
    const { text } = await bundleHandlerOf(platform, "all", "esm");
    expect(/MetricFamily|setFloat64/.exec(text)).toBeNull();
  });

  it.each(SIZED_PLATFORMS)("has the size that the READMEs quote on %s", (platform) => {
    for (const readme of quotingReadmes(platform)) {
      const lines = readFileSync(readme, "utf8").split("\n");
      expect(lines, "npm run size -- --write").toContain(readmeRow(figures, platform));
    }
  });
});
