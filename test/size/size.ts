// `npm run size`: the size of a handler and everything it needs, minified and gzipped, beside its limit.
//   --json     one object per line
//   --explain  the size of each module
//   --write    updates the sizes in the READMEs
import { bundleHandlerOf } from "./bundle.js";
import { contributionsTo } from "./contributions.js";
import { measureSizes, SIZED_PLATFORMS, type SizeFigure } from "./figures.js";
import { writeReadmes } from "./readme-rows.js";
import { table } from "./table.js";

const HANDLER_TITLES = { counter: "one counter", all: "all three types" } as const;

const flags = process.argv.slice(2);
const figures = await measureSizes();
if (flags.includes("--json")) printLines(figures);
else if (flags.includes("--write")) writeReadmes(figures);
else if (flags.includes("--explain")) await printContributions();
else printTable(figures);
if (!figures.every(holds)) process.exitCode = 1;

function holds({ gzippedBytes, limitBytes }: SizeFigure): boolean {
  return gzippedBytes <= limitBytes;
}

function printLines(sizes: readonly SizeFigure[]): void {
  for (const size of sizes) {
    const { platform, format, handler, gzippedBytes: value, limitBytes: limit } = size;
    const figure = `size_${platform}_${format}_${handler}_gzipped`;
    console.log(JSON.stringify({ figure, value, unit: "bytes", limit, holds: holds(size) }));
  }
}

function printTable(sizes: readonly SizeFigure[]): void {
  const rows = sizes.map((size) => [
    `${size.platform} ${size.format}, ${HANDLER_TITLES[size.handler]}`,
    bytes(size.minifiedBytes),
    bytes(size.gzippedBytes),
    bytes(size.limitBytes),
    holds(size) ? "holds" : "TOO LARGE",
  ]);
  console.log(
    table([
      ["a handler and everything it needs", "minified B", "gzipped B", "limit B", ""],
      ...rows,
    ]),
  );
}

async function printContributions(): Promise<void> {
  for (const platform of SIZED_PLATFORMS) {
    const bundle = await bundleHandlerOf(platform, "all", "esm");
    const rows = contributionsTo(bundle).map((each) => [
      each.module,
      bytes(each.minifiedBytes),
      bytes(each.gzippedBytes),
    ]);
    const total = ["total", bytes(bundle.minifiedBytes), bytes(bundle.gzippedBytes)];
    console.log(`${table([[platform, "minified B", "gzipped B"], ...rows, total])}\n`);
  }
}

function bytes(count: number): string {
  return count.toLocaleString("en");
}
