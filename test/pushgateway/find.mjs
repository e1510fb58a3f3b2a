// Finds the real programs on this machine. Builtins only: it runs before anything is installed.
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { tools } from "./tools.mjs";

/** The repository's folder for downloads, which git ignores. */
export const cacheFolder = fileURLToPath(new URL("../../.cache/", import.meta.url));

/**
 * Finds a program: first by its variable (PUSHGATEWAY_BIN, …), then on the PATH, then among the fetched packages.
 *
 * @param {import("./tools.mjs").Tool} [tool]
 * @param {string} [suite] a Debian release; with one, only its fetched package counts
 * @returns {string | undefined} an absolute path, or undefined if there is none
 * @throws {Error} if the variable is set, but not to a program
 */
export function find(tool = "pushgateway", suite) {
  const { variable, names, debianPackages, wanted } = tools[tool];
  const fetched = debianPackages.flatMap((name) =>
    names.map((program) => join(packageFolder(name, suite), "usr/bin", program)),
  );
  if (suite !== undefined) return firstProgram(fetched);
  const named = process.env[variable];
  if (named) {
    if (isProgram(named)) return resolve(named);
    throw new Error(
      `${variable}=${named} is not an executable file; set it to ${wanted}, or unset it.`,
    );
  }
  return onPath(names) ?? firstProgram(fetched);
}

/**
 * @param {string} name of a Debian package
 * @param {string | undefined} suite
 * @returns {string} the folder that holds the unpacked package
 */
export function packageFolder(name, suite) {
  return join(cacheFolder, suite ?? "", name);
}

/**
 * @param {readonly string[]} names
 * @returns {string | undefined} an absolute path
 */
export function onPath(names) {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return firstProgram(names.flatMap((name) => folders.map((folder) => resolve(folder, name))));
}

/** @param {readonly string[]} paths */
function firstProgram(paths) {
  return paths.find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
