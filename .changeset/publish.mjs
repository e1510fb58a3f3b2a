// `npm run release:publish`: publishes every package whose version is not in the registry yet. Dependencies come
// first. Arguments are passed to `npm publish`: `npm run release:publish -- --dry-run`.
//
// Packages are published one by one, because the `prepack` script of each builds all of them from scratch.
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
      console.error(`${name}@${version} is already published.`);
      continue;
    }
    // .npmrc switches scripts off, so that no dependency can run one. `prepack` is our own.
    const command = ["publish", `--workspace=${folder}`, "--ignore-scripts=false", ...words];
    const { status } = npm(command, "inherit");
    if (status !== 0) {
      console.error(
        `${name}@${version} was not published. Fix the error above, then run this command again.`,
      );
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

/** Sorts the packages so that each can be installed as soon as it is published. */
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

/** A release that stopped half-way can be continued. A dry run does not ask the registry. */
function isInRegistry(name, version) {
  if (words.includes("--dry-run")) return false;
  const { stdout } = npm(["view", `${name}@${version}`, "version", "--json"], "pipe");
  const answer = stdout.trim() === "" ? undefined : JSON.parse(stdout);
  if (answer === version) return true;
  if (answer === undefined || answer.error?.code === "E404") return false;
  throw new Error(`The registry did not say whether it has ${name}@${version}: ${stdout}`);
}

function npm(command, stdio) {
  return spawnSync("npm", command, {
    cwd: root,
    encoding: "utf8",
    stdio,
    shell: process.platform === "win32",
  });
}
