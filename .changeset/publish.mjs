// `npm run release:publish`: publishes the packages that the registry does not have in this version, each after
// those it depends on. Arguments go to `npm publish`: `npm run release:publish -- --dry-run`.
//
// One after the other: the `prepack` of each package builds all of them from scratch.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const words = process.argv.slice(2);

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** @returns {number} the exit code */
function main() {
  for (const { name, version, folder } of dependenciesFirst(published())) {
    if (isInRegistry(name, version)) {
      console.error(`${name}@${version} is published already.`);
      continue;
    }
    // .npmrc switches scripts off: what is installed runs none. `prepack` is our own.
    const command = ["publish", `--workspace=${folder}`, "--ignore-scripts=false", ...words];
    const { status } = npm(command, "inherit");
    if (status !== 0) {
      console.error(`${name}@${version} is not published; run this again when that is mended.`);
      return 1;
    }
  }
  return 0;
}

/** The manifests of all packages that are not private. */
function published() {
  return readdirSync(join(root, "packages"))
    .map((name) => `packages/${name}`)
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .map((folder) => ({
      ...JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")),
      folder,
    }))
    .filter((manifest) => !manifest.private);
}

/** Whoever installs a package the moment it is published finds what it depends on. */
function dependenciesFirst(manifests) {
  const sorted = new Set();
  const add = (manifest) => {
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const dependency = manifests.find((each) => each.name === name);
      if (dependency !== undefined) add(dependency);
    }
    sorted.add(manifest);
  };
  for (const manifest of manifests) add(manifest);
  return [...sorted];
}

/** So that a release that broke off half-way can be finished. A dry run publishes nothing, and asks nobody. */
function isInRegistry(name, version) {
  if (words.includes("--dry-run")) return false;
  const { stdout } = npm(["view", `${name}@${version}`, "version", "--json"], "pipe");
  const answer = stdout.trim() === "" ? undefined : JSON.parse(stdout);
  if (answer === version) return true;
  if (answer === undefined || answer.error?.code === "E404") return false;
  throw new Error(`The registry does not say whether it has ${name}@${version}: ${stdout}`);
}

function npm(command, stdio) {
  return spawnSync("npm", command, {
    cwd: root,
    encoding: "utf8",
    stdio,
    shell: process.platform === "win32",
  });
}
