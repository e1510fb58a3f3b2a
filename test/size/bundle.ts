import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions } from "esbuild";
import {
  type BundleFormat,
  handlerSource,
  type SizedHandler,
  type SizedPlatform,
} from "./handlers.js";

/** A handler with everything it needs, as it is deployed. */
export interface Bundle {
  readonly text: string;
  /** The source map of `text`, as JSON. */
  readonly map: string;
  readonly minifiedBytes: number;
  readonly gzippedBytes: number;
}

const NODE = { platform: "node", target: "node20" } as const satisfies BuildOptions;

const WORKERD = {
  platform: "browser",
  target: "es2024",
  conditions: ["workerd", "worker", "browser"],
  external: ["node:*", "cloudflare:*"],
} satisfies BuildOptions;

const BUNDLING = {
  lambda: NODE,
  vercel: NODE,
  workers: WORKERD,
  workersAggregator: WORKERD,
} as const satisfies Record<SizedPlatform, BuildOptions>;

/** Bundles one of the measured handlers with the built packages, and minifies it. */
export async function bundleHandlerOf(
  platform: SizedPlatform,
  handler: SizedHandler,
  format: BundleFormat,
): Promise<Bundle> {
  const { outputFiles } = await build({
    ...BUNDLING[platform],
    format,
    stdin: {
      contents: handlerSource(platform, handler, format),
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
      sourcefile: "handler.js",
    },
    bundle: true,
    minify: true,
    treeShaking: true,
    legalComments: "none",
    sourcemap: "external",
    outfile: "bundle.js",
    write: false,
    logLevel: "silent",
  });
  const [map, code] = outputFiles;
  if (map === undefined || code === undefined) throw new Error("esbuild wrote no bundle and map");
  return {
    text: code.text,
    map: map.text,
    minifiedBytes: code.contents.length,
    gzippedBytes: gzippedBytes(code.text),
  };
}

export function gzippedBytes(text: string): number {
  return gzipSync(text, { level: 9 }).length;
}
