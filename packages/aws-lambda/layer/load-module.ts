import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isTypeModule } from "./is-type-module.js";
import { runtimeGeneration } from "./runtime-generation.js";

// Resolves, and tells of what is missing, as the runtime does: from its own file.
const require = createRequire(process.argv[1] ?? import.meta.url);

/** Loads a module that is named without its extension, or one of the packages beside the function. */
export async function loadModule(taskRoot: string, folder: string, name: string): Promise<unknown> {
  const path = join(folder, name);
  const load = runtimeGeneration() === 3 ? loaderByFormat(folder) : importFile;
  for (const extension of ["", ".js", ".mjs", ".cjs"]) {
    const file = path + extension;
    const loaded = existsSync(file) && (await load(file, extension));
    if (loaded) return loaded;
  }
  return require(require.resolve(name, { paths: [taskRoot, folder] }));
}

/** CommonJS is required, which AWS's Node 20 and 22 refuse to do with an ES module. */
function loaderByFormat(folder: string): (file: string, extension: string) => unknown {
  return (file, extension) =>
    extension === ".mjs" || (extension === ".js" && isTypeModule(folder))
      ? importFile(file)
      : (require(file) as unknown);
}

function importFile(file: string): Promise<unknown> {
  return import(pathToFileURL(file).href);
}
