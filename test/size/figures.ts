import { bundleHandlerOf, type BundleFormat } from "./bundle.js";
import type { SizedHandler, SizedPlatform } from "./handlers.js";

/** One measured size. */
export interface SizeFigure {
  readonly platform: SizedPlatform;
  readonly format: BundleFormat;
  readonly handler: SizedHandler;
  readonly minifiedBytes: number;
  readonly gzippedBytes: number;
  /** Only where the platform's budget is held against this figure. */
  readonly limitBytes?: number;
}

/** Most bytes that a handler and everything it needs may have, gzipped. */
export const BUDGETS_BYTES = { lambda: 10_000, workers: 6_000, vercel: 7_000 } as const;

const FORMATS = { lambda: ["cjs", "esm"], workers: ["esm"], vercel: ["esm"] } as const;

export const SIZED_PLATFORMS = Object.keys(FORMATS) as SizedPlatform[];

/**
 * Measures every platform, format and handler.
 *
 * A budget is for the handler with all three metric types where that is within it, else for the one
 * with a counter.
 */
export async function measureSizes(): Promise<readonly SizeFigure[]> {
  const figures: SizeFigure[] = [];
  for (const platform of SIZED_PLATFORMS) {
    const limitBytes = BUDGETS_BYTES[platform];
    for (const format of FORMATS[platform]) {
      const counter = await measure(platform, format, "counter");
      const all = await measure(platform, format, "all");
      const allHolds = all.gzippedBytes <= limitBytes;
      figures.push(allHolds ? counter : { ...counter, limitBytes });
      figures.push(allHolds ? { ...all, limitBytes } : all);
    }
  }
  return figures;
}

/** What the README quotes: the larger of a platform's formats. */
export function quotedBytes(
  figures: readonly SizeFigure[],
  platform: SizedPlatform,
  handler: SizedHandler,
): number {
  return Math.max(
    ...figures
      .filter((figure) => figure.platform === platform && figure.handler === handler)
      .map((figure) => figure.gzippedBytes),
  );
}

async function measure(
  platform: SizedPlatform,
  format: BundleFormat,
  handler: SizedHandler,
): Promise<SizeFigure> {
  const { minifiedBytes, gzippedBytes } = await bundleHandlerOf(platform, handler, format);
  return { platform, format, handler, minifiedBytes, gzippedBytes };
}
