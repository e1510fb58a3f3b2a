import { join } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup } from "rollup";

/**
 * Bundles an entry with the packages that it imports.
 *
 * @param {string} entry
 * @param {string} outdir
 * @param {{ format: "cjs" | "esm", fromCommonJs: boolean }} options `fromCommonJs` if it imports CommonJS
 * @throws Error on any warning
 */
export async function bundleWithRollup(entry, outdir, { format, fromCommonJs }) {
  const bundle = await rollup({
    input: entry,
    external: /^node:/,
    plugins: [nodeResolve({ preferBuiltins: true }), fromCommonJs && commonjs()],
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  await bundle.write({ file: join(outdir, format === "cjs" ? "index.js" : "index.mjs"), format });
  await bundle.close();
}
