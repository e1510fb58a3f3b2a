import { join } from "node:path";
import type { BuildOptions } from "esbuild";
import { createConsumer } from "../../packaging/consumer.js";
import { bundleModules } from "./bundle-modules.js";

const CJS: BuildOptions = { format: "cjs", outExtension: { ".js": ".cjs" }, banner: {} };
/** prefreeze requires nothing. */
const ESM: BuildOptions = { banner: {} };
const UNBUNDLED: BuildOptions = { packages: "external" };

/** The modules that the importing function imports, in a project with the packages as they would be published. */
interface Imported {
  /** Its subfolder `bundled` has each module as one file, `unbundled` those that load the packages. */
  readonly folder: string;
  remove(): Promise<void>;
}

export async function bundleImported(): Promise<Imported> {
  const { folder, remove } = await createConsumer([
    "@prefreeze/core",
    "@prefreeze/node",
    "@prefreeze/aws-lambda",
  ]);
  const bundled = join(folder, "bundled");
  const unbundled = join(folder, "unbundled");
  const ours = ["imported/prefreeze.ts"];
  const registered = ["imported/prefreeze-registered.ts"];
  const peer = ["imported/prom-client.ts"];
  await bundleModules([...ours, ...peer], bundled, CJS);
  await bundleModules([...ours, ...registered], bundled, ESM);
  await bundleModules(peer, bundled);
  await bundleModules(ours, unbundled, { ...UNBUNDLED, ...CJS });
  await bundleModules([...ours, ...registered], unbundled, { ...UNBUNDLED, ...ESM });
  return { folder, remove };
}
