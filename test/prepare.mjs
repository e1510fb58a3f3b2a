// Prepares a fresh clone for its checks and tests. Builtins only: nothing is installed yet.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "../examples/demo/install.mjs";

/** The repository's folder. */
export const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * Checks the Node version, installs what is missing and builds the packages. Takes about a second if
 * nothing is missing.
 *
 * @throws {Error} whose message says what to do
 */
export async function prepare() {
  requireNode();
  await install(root);
  build();
}

/** @throws {Error} if this Node is older than package.json asks for */
function requireNode() {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const wanted = engines.node.replace(">=", "");
  if (isOlder(process.versions.node, wanted)) {
    throw new Error(`This is Node ${process.versions.node}; Node ${wanted} or newer is needed.`);
  }
}

/**
 * @param {string} version
 * @param {string} wanted
 */
function isOlder(version, wanted) {
  const [is, least] = [version, wanted].map((text) => text.split(".").map(Number));
  const differing = least.findIndex((part, index) => part !== is[index]);
  return differing !== -1 && is[differing] < least[differing];
}

function build() {
  const program = join(root, "packages/build.mjs");
  const { status } = spawnSync(process.execPath, [program], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("The packages do not build; fix the errors above.");
}
