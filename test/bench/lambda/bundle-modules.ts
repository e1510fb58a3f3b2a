import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

/** The folder of the functions, from which entry points are named. */
export const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** How functions are bundled. */
export const COMMON: BuildOptions = {
  absWorkingDir: FOLDER,
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
};

/**
 * Bundles each entry point into an ES module, `<name>.mjs`.
 *
 * @param external packages that are not installed, and are needed only in cases that do not occur
 */
export async function bundleModules(
  entryPoints: string[],
  outdir: string,
  external: string[] = [],
): Promise<void> {
  await build({
    ...COMMON,
    entryPoints,
    entryNames: "[name]",
    outdir,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    external,
    // The peers are CommonJS and require Node's own modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
}
