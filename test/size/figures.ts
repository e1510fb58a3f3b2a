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
  lambda: { counter: 31_370, all: 32_160 },
  workers: { counter: 22_000, all: 22_780 },
  workersAggregator: { counter: 37_730, all: 38_490 },
  vercel: { counter: 28_230, all: 28_950 },
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
