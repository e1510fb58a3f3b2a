// Finds the real programs on this machine. Builtins only: it runs before anything is installed.
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { tools } from "./tools.mjs";

/** The repository's own ignored folder. */
export const cacheFolder = fileURLToPath(new URL("../../.cache/", import.meta.url));

/**
 * Finds a program: its variable (PUSHGATEWAY_BIN, …) first, then the PATH, then what was fetched.
 *
 * @param {import("./tools.mjs").Tool} [tool]
 * @returns {string | undefined} an absolute path; undefined when it is nowhere
 * @throws {Error} when the variable is set and names nothing that can be run
 */
export function find(tool = "pushgateway") {
  const { variable, names, debianPackage, wanted } = tools[tool];
  const named = process.env[variable];
  if (named) {
    if (isProgram(named)) return resolve(named);
    throw new Error(
      `${variable}=${named} is not a program that can be run; point it at ${wanted}, or unset it.`,
    );
  }
  return (
    onPath(names) ??
    firstProgram(names.map((name) => join(cacheFolder, debianPackage, "usr/bin", name)))
  );
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
