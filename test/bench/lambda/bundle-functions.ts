import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
/** The lane of what is compared with. */
export const PEERS = fileURLToPath(
  new URL("../../../packages/aws-lambda/test/peers", import.meta.url),
);

const COMMON: BuildOptions = {
  absWorkingDir: FOLDER,
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
};

/**
 * Bundles the gateway, all functions (`<name>.mjs`) and what the importing one imports (`imported/`) into a
 * new temporary folder, as functions are deployed.
 */
export async function bundleFunctions(): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), "prefreeze-bench-"));
  const functions = (await readdir(join(FOLDER, "functions"))).map((file) => `functions/${file}`);
  await build({
    ...COMMON,
    entryPoints: ["gateway.ts", ...functions, join(PEERS, "opentelemetry-push.mjs")],
    entryNames: "[name]",
    outdir,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    // prom-client and OpenTelemetry are CommonJS and require Node's own modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
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
