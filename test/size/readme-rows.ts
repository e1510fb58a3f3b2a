import { readFileSync, writeFileSync } from "node:fs";
import { quotedBytes, SIZED_PLATFORMS, type SizeFigure } from "./figures.js";
import type { SizedPlatform } from "./handlers.js";

const TITLES = {
  lambda: "AWS Lambda",
  workers: "Cloudflare Workers",
  workersAggregator: "the same with the exported aggregator",
  vercel: "Vercel",
} as const;
const FOLDERS = {
  lambda: "aws-lambda",
  workers: "cloudflare-workers",
  workersAggregator: "cloudflare-workers",
  vercel: "vercel",
} as const;

/** The READMEs that quote a platform's sizes: the package's, and the repository's but for an aggregator. */
export function quotingReadmes(platform: SizedPlatform): readonly URL[] {
  const root = new URL("../../", import.meta.url);
  const own = new URL(`packages/${FOLDERS[platform]}/README.md`, root);
  return platform === "workersAggregator" ? [own] : [new URL("README.md", root), own];
}

/** A platform's row in the READMEs' tables of sizes, rounded to 0.1 kB (1 kB = 1,000 bytes). */
export function readmeRow(figures: readonly SizeFigure[], platform: SizedPlatform): string {
  const cells = (["counter", "all"] as const).map(
    (handler) => `${(quotedBytes(figures, platform, handler) / 1_000).toFixed(1)} kB`,
  );
  return `| ${[TITLES[platform], ...cells].join(" | ")} |`;
}

/** Updates the sizes in the READMEs. */
export function writeReadmes(figures: readonly SizeFigure[]): void {
  for (const platform of SIZED_PLATFORMS) {
    const oldRow = new RegExp(String.raw`^\| ${TITLES[platform]} \|(?: [\d.]+ kB \|){2}$`, "m");
    for (const readme of quotingReadmes(platform)) {
      const text = readFileSync(readme, "utf8");
      writeFileSync(readme, text.replace(oldRow, readmeRow(figures, platform)));
    }
  }
}
