import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleModules, COMMON, FOLDER } from "./bundle-modules.js";

/** The lane with the peers. */
export const PEERS = fileURLToPath(
  new URL("../../../packages/aws-lambda/test/peers", import.meta.url),
);

/**
 * Bundles the gateway, all functions (`<name>.mjs`) and the modules that the importing function imports
 * (`imported/`) into a new temporary folder.
 */
export async function bundleFunctions(): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), "prefreeze-bench-"));
  const functions = (await readdir(join(FOLDER, "functions"))).map((file) => `functions/${file}`);
  await bundleModules(["gateway.ts", ...functions, join(PEERS, "opentelemetry-push.mjs")], outdir);
  for (const [format, names] of [
    ["cjs", ["prefreeze", "prom-client"]],
    ["esm", ["prefreeze-registered"]],
  ] as const) {
    await build({
      ...COMMON,
      entryPoints: names.map((name) => `imported/${name}.ts`),
      outdir: join(outdir, "imported"),
      outExtension: { ".js": format === "cjs" ? ".cjs" : ".mjs" },
      format,
    });
  }
  return outdir;
}
