import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

interface BundleOptions {
  /** The handler's source file. */
  entry: string;
  /** Folder for the bundle. Created if it does not exist. */
  outdir: string;
  /** `cjs` is what CDK bundles by default. */
  format: "cjs" | "esm";
  /** Default false. */
  minify?: boolean;
}

/** Spread this into the options of `startLambda`. */
interface BundledHandler {
  readonly taskRoot: string;
  readonly handler: string;
}

/** Bundles a handler into one file, `index.js` (CommonJS) or `index.mjs`, as for a deployment. */
export async function bundleHandler(options: BundleOptions): Promise<BundledHandler> {
  const { entry, outdir, format, minify = false } = options;
  await build({
    entryPoints: [entry],
    outfile: join(outdir, format === "esm" ? "index.mjs" : "index.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    format,
    minify,
    logLevel: "warning",
  });
  // Inside a repository whose package.json says "type": "module", index.js would not be CommonJS.
  await writeFile(join(outdir, "package.json"), '{ "type": "commonjs" }\n');
  return { taskRoot: outdir, handler: "index.handler" };
}
