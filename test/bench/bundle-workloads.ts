import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** Bundles the child and all workloads into a new temporary folder, since deployed functions are bundled. */
export async function bundleWorkloads(): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), "prefreeze-bench-"));
  const workloads = await readdir(join(FOLDER, "workloads"));
  await build({
    entryPoints: ["child.ts", ...workloads.map((file) => `workloads/${file}`)],
    absWorkingDir: FOLDER,
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    // prom-client is CommonJS and requires Node's own modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  return outdir;
}
