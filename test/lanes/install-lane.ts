import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "../../examples/demo/install.mjs";
import { exclusively } from "./exclusively.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Brings a test lane's node_modules to what its package-lock.json says; a moment where all is there. A
 * lane is a folder with a package.json and a lock of its own, for what is too heavy for everybody's
 * install. Test files that ask for one lane at once get one install.
 *
 * @param folder the lane's absolute path
 * @throws Error with npm's own last lines
 */
export async function installLane(folder: string): Promise<void> {
  const locks = join(root, ".cache/lanes");
  await mkdir(locks, { recursive: true });
  const name = relative(root, folder).replaceAll(/[/\\]/g, "+");
  await exclusively(join(locks, `${name}.lock`), () => install(folder));
}
