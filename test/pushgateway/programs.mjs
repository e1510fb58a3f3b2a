// Which real programs the tests compare with: the machine's own, and those of three Debian releases.
// Builtins only: it runs before anything is installed.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findOrFetch } from "./fetch.mjs";
import { find } from "./find.mjs";

const run = promisify(execFile);

/** @typedef {import("./tools.mjs").Tool} Tool */

/** The Debian releases, oldest first. Nothing pins a version: `sid` always has the newest. */
const suites = ["bookworm", "trixie", "sid"];
/** The stable releases must be there in CI. `sid` changes, so a day on which it cannot be fetched is no failure of ours. */
const stable = new Set(["bookworm", "trixie"]);
/** The programs whose releases the tests compare. */
const compared = /** @type {const} */ (["pushgateway", "prometheus", "promtool"]);

/**
 * Finds or fetches every program that the tests compare with, so that the tests find them at once.
 *
 * @param {{ allRequired: boolean }} options `allRequired`: reject if a stable release's cannot be fetched, as in CI
 * @returns {Promise<string>} what was found and what is missing, for people
 * @throws {Error} if no Pushgateway is found, or if a program is missing that is required; the message says what to do
 */
export async function preparePrograms({ allRequired }) {
  /** @type {string[]} */
  const missing = [];
  const fetchAll = async (/** @type {string | undefined} */ suite) => {
    for (const tool of compared) {
      try {
        await findOrFetch(tool, suite);
      } catch (error) {
        const required = suite === undefined ? tool === "pushgateway" : stable.has(suite);
        if (required && (allRequired || suite === undefined)) throw error;
        missing.push(/** @type {Error} */ (error).message);
      }
    }
  };
  await Promise.all([undefined, ...suites].map(fetchAll));
  const lines = [`Real Pushgateway: ${find("pushgateway")}`];
  for (const tool of compared) {
    for (const { version, path } of await foundPrograms(tool)) {
      lines.push(`  ${tool} ${version}: ${path}`);
    }
  }
  return [...lines, ...missing.map((message) => `Not compared: ${message}`)].join("\n");
}

/**
 * Lists the programs of a kind on this machine, one per version. In CI it fetches those of stable releases that are
 * missing.
 *
 * @param {Tool} tool
 * @returns {Promise<import("./programs.mjs").Program[]>} oldest first
 * @throws {Error} if the machine has none and it cannot be fetched, or if a stable release's is missing in CI
 */
export async function foundPrograms(tool) {
  const mayFetch = !["", "0", "false"].includes(process.env["CI"] ?? "");
  /** @type {import("./programs.mjs").Program[]} */
  const programs = [];
  for (const suite of [undefined, ...suites]) {
    const required = suite === undefined || (mayFetch && stable.has(suite));
    const path = required ? await findOrFetch(tool, suite) : find(tool, suite);
    if (path === undefined) continue;
    const version = await versionOf(path);
    if (programs.every((known) => known.version !== version)) programs.push({ version, path });
  }
  return programs.sort((a, b) => compareVersions(a.version, b.version));
}

/**
 * @param {string} path of a program of Prometheus
 * @returns {Promise<string>} such as `1.11.2`
 */
export async function versionOf(path) {
  // Before 1.9.0, a Pushgateway prints this to stderr.
  const { stdout, stderr } = await run(path, ["--version"]);
  const version = /version (\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1];
  if (version === undefined) throw new Error(`${path} does not tell its version`);
  return version;
}

/**
 * Orders versions such as `1.5.1` and `1.11.0`.
 *
 * @param {string} a
 * @param {string} b
 * @returns {number} negative if `a` is older
 */
function compareVersions(a, b) {
  return a.localeCompare(b, "en", { numeric: true });
}
