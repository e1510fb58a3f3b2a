import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { measureSizes, SIZED_PLATFORMS, type SizeFigure } from "./figures.js";
import { readmeRow } from "./readme-table.js";

const root = new URL("../../", import.meta.url);
const readme = readFileSync(new URL("README.md", root), "utf8");
const folders = { lambda: "aws-lambda", workers: "cloudflare-workers", vercel: "vercel" } as const;

describe("a handler and everything it needs, minified and gzipped", { timeout: 30_000 }, () => {
  let figures: readonly SizeFigure[];
  beforeAll(async () => {
    figures = await measureSizes();
  }, 30_000);

  it("is within its limit on every platform", () => {
    for (const { platform, format, handler, gzippedBytes, limitBytes } of figures)
      expect(gzippedBytes, `${platform} ${format} ${handler}`).toBeLessThanOrEqual(limitBytes);
  });

  it.each(SIZED_PLATFORMS)("is, on %s, the size that the READMEs quote", (platform) => {
    const quoted = /<!-- size:start -->(.*)<!-- size:end -->/s.exec(readme)?.[1];
    expect(quoted?.split("\n")).toContain(readmeRow(figures, platform));
    const guide = readFileSync(new URL(`packages/${folders[platform]}/README.md`, root), "utf8");
    expect(guide.split("\n")).toContain(readmeRow(figures, platform));
  });
});
