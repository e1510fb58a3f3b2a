import { promisify } from "node:util";
import webpack from "webpack";

/**
 * Bundles an entry for Node, as `commonjs2` or an ES module.
 *
 * @param {string} entry
 * @param {string} outdir
 * @param {{ format: "cjs" | "esm", minify: boolean }} options
 * @throws Error on any error or warning
 */
export async function bundleWithWebpack(entry, outdir, { format, minify }) {
  const compiler = webpack({
    entry,
    mode: minify ? "production" : "development",
    devtool: false,
    target: "node20",
    output: {
      path: outdir,
      filename: format === "cjs" ? "index.js" : "index.mjs",
      library: { type: format === "cjs" ? "commonjs2" : "module" },
    },
    experiments: { outputModule: format === "esm" },
  });
  const stats = await promisify(compiler.run.bind(compiler))();
  await promisify(compiler.close.bind(compiler))();
  const problems = stats.toString({ all: false, errors: true, warnings: true });
  if (problems !== "") throw new Error(problems);
}
