import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "../../examples/demo/install.mjs";
import { exclusively } from "./exclusively.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Installs what a lane's package-lock.json names, unless it is installed already. A lane is a folder
 * with a package.json and a lock file of its own, for dependencies that are too heavy for everybody's
 * install. If several test files ask for one lane at once, it is installed once.
 *
 * @param folder the lane's absolute path
 * @throws {Error} with npm's own last lines
 */
export async function installLane(folder: string): Promise<void> {
  const locks = join(root, ".cache/lanes");
  await mkdir(locks, { recursive: true });
  const name = relative(root, folder).replaceAll(/[/\\]/g, "+");
  await exclusively(join(locks, `${name}.lock`), () => install(folder));
}
