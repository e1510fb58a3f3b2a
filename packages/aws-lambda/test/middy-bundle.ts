import { build } from "esbuild";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { installLane } from "@prefreeze/install-lane";

const folder = fileURLToPath(new URL(".", import.meta.url));
const lane = join(folder, "middy-7");

/** The versions of middy that people use now. What 7 says to need, Node 22, it does not use. */
export const middyVersions = [6, 7] as const;

/**
 * A handler that is bundled with one version of middy for the tests of a file; to be called at its top.
 *
 * @param entry a path in this folder; what it imports as `@middy/core` is of that version
 */
export function useMiddyBundle(
  entry: string,
  version: (typeof middyVersions)[number],
): () => string {
  let outdir: string;
  beforeAll(async () => {
    outdir = await mkdtemp(join(tmpdir(), "prefreeze-middy-"));
    if (version === 7) await installLane(lane);
    await build({
      entryPoints: [join(folder, entry)],
      outfile: join(outdir, "index.js"),
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      minify: true,
      alias: version === 7 ? { "@middy/core": join(lane, "node_modules/middy-7/index.js") } : {},
      logLevel: "error",
    });
  }, 120_000);
  afterAll(() => rm(outdir, { recursive: true }));
  return () => outdir;
}
