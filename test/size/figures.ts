import { bundleHandlerOf } from "./bundle.js";
import type { BundleFormat, SizedHandler, SizedPlatform } from "./handlers.js";

/** One measured size. */
export interface SizeFigure {
  readonly platform: SizedPlatform;
  readonly format: BundleFormat;
  readonly handler: SizedHandler;
  readonly minifiedBytes: number;
  readonly gzippedBytes: number;
  readonly limitBytes: number;
}

/**
 * The limits of a handler and everything it needs, in gzipped bytes: 3 % above the size of the larger format
 * when they were last set. Set them again when a size changes on purpose.
 */
const LIMITS_BYTES = {
  lambda: { counter: 30_290, all: 31_060 },
  workers: { counter: 21_380, all: 22_090 },
  workersAggregator: { counter: 37_100, all: 37_830 },
  vercel: { counter: 27_410, all: 28_100 },
} as const;

const FORMATS = {
  lambda: ["cjs", "esm"],
  workers: ["esm"],
  workersAggregator: ["esm"],
  vercel: ["esm"],
} as const;

export const SIZED_PLATFORMS = Object.keys(FORMATS) as SizedPlatform[];

/** Measures every platform, format and handler. */
export async function measureSizes(): Promise<readonly SizeFigure[]> {
  const figures: SizeFigure[] = [];
  for (const platform of SIZED_PLATFORMS) {
    for (const format of FORMATS[platform]) {
      figures.push(await measure(platform, format, "counter"));
      figures.push(await measure(platform, format, "all"));
    }
  }
  return figures;
}

/** The size that the READMEs quote, which is the larger format's. */
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
  const limitBytes = LIMITS_BYTES[platform][handler];
  return { platform, format, handler, minifiedBytes, gzippedBytes, limitBytes };
}
