import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

/** The folder of the functions, from which entry points are named. */
export const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/**
 * Bundles each entry point into an ES module, `<name>.mjs`.
 *
 * @param more what is to be bundled in another way
 */
export async function bundleModules(
  entryPoints: string[],
  outdir: string,
  more: BuildOptions = {},
): Promise<void> {
  await build({
    absWorkingDir: FOLDER,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    logLevel: "warning",
    entryPoints,
    entryNames: "[name]",
    outdir,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    // The peers are CommonJS and require Node's own modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    ...more,
  });
}
