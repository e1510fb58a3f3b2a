import { build } from "esbuild";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { installLane } from "@prefreeze/install-lane";

const folder = fileURLToPath(new URL(".", import.meta.url));
const lane = join(folder, "middy-versions");

/** The major versions of middy in use. Version 7 declares that it needs Node 22, but runs on Node 20. */
export const middyVersions = [6, 7] as const;
/** All major versions that run on a supported Node.js. */
export const allMiddyVersions = [2, 3, 4, 5, ...middyVersions] as const;

/**
 * Bundles a handler with one version of middy for all tests of a file. Call it at the top of the file.
 *
 * @param entry a path in this folder; its import of `@middy/core` resolves to that version
 * @returns a function that returns the folder of the bundle, for calls inside tests
 */
export function useMiddyBundle(
  entry: string,
  version: (typeof allMiddyVersions)[number],
): () => string {
  let outdir: string;
  beforeAll(async () => {
    outdir = await mkdtemp(join(tmpdir(), "prefreeze-middy-"));
    if (version !== 6) await installLane(lane);
    await build({
      entryPoints: [join(folder, entry)],
      outfile: join(outdir, "index.js"),
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      minify: true,
      alias:
        version === 6
          ? {}
          : { "@middy/core": join(lane, `node_modules/middy-${version}/index.js`) },
      logLevel: "error",
    });
  }, 120_000);
  afterAll(() => rm(outdir, { recursive: true }));
  return () => outdir;
}
