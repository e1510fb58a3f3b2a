// Installs what package-lock.json lists. Builtins only, since nothing is installed before it.
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { step } from "./progress.mjs";
import { lastLines, runProgram } from "./run-program.mjs";

const ERROR_LINES = 12;

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} LockedPackage
 * @typedef {Readonly<Record<string, LockedPackage>>} Lock
 */

/**
 * Does nothing if everything is installed.
 *
 * @param {string} root the repository's folder
 * @param {string} [what] what is installed, for the line that says so
 * @throws {Error} with npm's own last lines
 */
export async function install(root, what = "the dependencies") {
  const locked = await readLock(join(root, "package-lock.json"));
  if (locked === undefined)
    throw new Error(`There is no package-lock.json in ${root}: run the demo in a whole clone.`);
  const installed = await readLock(join(root, "node_modules/.package-lock.json"));
  if (installed !== undefined && isInstalled(locked, installed)) return;
  await step(
    `installing ${what} with npm ci`,
    () => npmCi(root),
    () => `installed ${what}`,
  );
}

/**
 * @param {Lock} locked
 * @param {Lock} installed
 */
function isInstalled(locked, installed) {
  return Object.entries(locked)
    .filter(([path]) => isInNodeModules(path))
    .every(([path, { version, integrity, link, optional }]) => {
      const there = installed[path];
      // Packages for other machines are not installed.
      if (there === undefined) return optional === true;
      return there.version === version && there.integrity === integrity && there.link === link;
    });
}

/** @param {string} path */
function isInNodeModules(path) {
  return path.includes("node_modules/");
}

/**
 * @param {string} file
 * @returns {Promise<Lock | undefined>}
 */
async function readLock(file) {
  try {
    return JSON.parse(await readFile(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** @param {string} root */
async function npmCi(root) {
  const words = [
    "ci",
    "--include=dev",
    "--include=optional",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
  ];
  // Under `npm run` this is npm itself. Other package managers set the variable to themselves.
  const npm = process.env["npm_execpath"];
  const { failure, output } =
    npm !== undefined && basename(npm) === "npm-cli.js"
      ? await runProgram(process.execPath, [npm, ...words], { cwd: root })
      : await runProgram("npm", words, { cwd: root });
  if (failure === undefined) return;
  throw new Error(
    `Installing the dependencies failed (npm ci: ${failure}). npm says:\n\n${complaint(output)}\n\n` +
      `Mend that, and run this again; "npm ci" by itself shows the same.`,
  );
}

/**
 * npm says first what is wrong, and may then print pages of usage.
 *
 * @param {string} output
 */
function complaint(output) {
  const errors = output.split("\n").filter((line) => /^npm (error|ERR!) ./.test(line));
  const wanted = errors.length > 0 ? errors.slice(0, ERROR_LINES).join("\n") : output;
  return lastLines(wanted, ERROR_LINES);
}
