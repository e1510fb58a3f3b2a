// Installs the dependencies that package-lock.json lists. It imports only built-in modules, since nothing else is installed yet.
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
 * Installs the dependencies, unless all of them are installed.
 *
 * @param {string} root the repository's folder
 * @param {string} [what] what is installed, for the line that reports it
 * @throws {Error} with npm's error
 */
export async function install(root, what = "the dependencies") {
  const locked = await readLock(join(root, "package-lock.json"));
  if (locked === undefined)
    throw new Error(`There is no package-lock.json in ${root}: run the demo in a complete clone.`);
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
      const found = installed[path];
      // Packages for other machines are not installed.
      if (found === undefined) return optional === true;
      return found.version === version && found.integrity === integrity && found.link === link;
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
  const args = [
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
      ? await runProgram(process.execPath, [npm, ...args], { cwd: root })
      : await runProgram("npm", args, { cwd: root });
  if (failure === undefined) return;
  throw new Error(
    `Installing the dependencies failed (npm ci: ${failure}). npm says:\n\n${errorIn(output)}\n\n` +
      `Fix that and try again. "npm ci" alone shows the same error.`,
  );
}

/**
 * The lines of npm's error. npm prints the error first, and sometimes pages of usage after it.
 *
 * @param {string} output
 */
function errorIn(output) {
  const errors = output.split("\n").filter((line) => /^npm (error|ERR!) ./.test(line));
  const shown = errors.length > 0 ? errors.slice(0, ERROR_LINES).join("\n") : output;
  return lastLines(shown, ERROR_LINES);
}
