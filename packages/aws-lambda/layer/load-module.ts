import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isTypeModule } from "./is-type-module.js";
import { runtimeGeneration } from "./runtime-generation.js";

// Resolves modules from the runtime client's file, as that does, so that its errors are the same.
const require = createRequire(process.argv[1] ?? import.meta.url);

/** Loads a module by its path without extension, or a package that is installed beside the function. */
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

/** Loads CommonJS by `require`, which on AWS's Node 20 and 22 cannot load ES modules. */
function loaderByFormat(folder: string): (file: string, extension: string) => unknown {
  return (file, extension) =>
    extension === ".mjs" || (extension === ".js" && isTypeModule(folder))
      ? importFile(file)
      : (require(file) as unknown);
}

function importFile(file: string): Promise<unknown> {
  return import(pathToFileURL(file).href);
}
