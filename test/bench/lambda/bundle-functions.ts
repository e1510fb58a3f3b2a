import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleModules, FOLDER } from "./bundle-modules.js";

/** The lane with the peers. */
export const PEERS = fileURLToPath(
  new URL("../../../packages/aws-lambda/test/peers", import.meta.url),
);

/** Bundles the gateway and all functions (`<name>.mjs`) into a new temporary folder. */
export async function bundleFunctions(): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), "prefreeze-bench-"));
  const functions = (await readdir(join(FOLDER, "functions"))).map((file) => `functions/${file}`);
  await bundleModules(["gateway.ts", ...functions, join(PEERS, "opentelemetry-push.mjs")], outdir);
  return outdir;
}
