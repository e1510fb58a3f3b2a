import { build } from "esbuild";

/**
 * Bundles a Worker's entry into one ES module, with the esbuild settings of `wrangler deploy`.
 * Modules that the runtime provides stay imports.
 */
export async function bundleWorker(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*", "cloudflare:*"],
    define: { "process.env.NODE_ENV": '"production"' },
    keepNames: true,
    sourcemap: "inline",
    // A relative `sources` entry would make the bundle depend on the caller's folder.
    sourcesContent: true,
    logLevel: "silent",
  });
  const [bundle] = result.outputFiles;
  if (!bundle) throw new Error(`esbuild wrote no bundle for ${entry}.`);
  return bundle.text;
}
