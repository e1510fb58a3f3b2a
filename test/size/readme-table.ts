import { quotedBytes, SIZED_PLATFORMS, type SizeFigure } from "./figures.js";
import type { SizedPlatform } from "./handlers.js";

const TITLES = { lambda: "AWS Lambda", workers: "Cloudflare Workers", vercel: "Vercel" } as const;

/** The table that stands in the README between `size:start` and `size:end`; each package's README has its line. */
export function readmeTable(figures: readonly SizeFigure[]): string {
  return [
    "| minified and gzipped | one counter | counter, gauge and histogram |",
    "| --- | --- | --- |",
    ...SIZED_PLATFORMS.map((platform) => readmeRow(figures, platform)),
  ].join("\n");
}

/** One platform's line of it, rounded to 0.1 kB (1 kB = 1,000 bytes). */
export function readmeRow(figures: readonly SizeFigure[], platform: SizedPlatform): string {
  const cells = (["counter", "all"] as const).map(
    (handler) => `${(quotedBytes(figures, platform, handler) / 1_000).toFixed(1)} kB`,
  );
  return `| ${[TITLES[platform], ...cells].join(" | ")} |`;
}
