import { execFile } from "node:child_process";
import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { packPackages, type PackedPackage } from "./pack.js";
import { root } from "./packages.js";

const run = promisify(execFile);

/** A project of somebody who installed the packages as they would be published. */
export interface Consumer {
  readonly folder: string;
  readonly packages: readonly PackedPackage[];
  /** Writes files into the project. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Runs Node in the project. Rejects if it fails. @returns what it printed */
  node(...args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Packs every package and installs the tarballs into a project of their own.
 *
 * @param names the packages to install. Default: all
 */
export async function createConsumer(names?: readonly string[]): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-consumer-"));
  const packed = await packPackages(folder);
  const packages = packed.filter(({ name }) => names?.includes(name) ?? true);
  await writeFile(join(folder, "package.json"), '{ "name": "consumer", "private": true }\n');
  const tarballs = packages.map(({ tarball }) => tarball);
  await run("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", ...tarballs], {
    cwd: folder,
  });
  // What the consumer may bring along.
  for (const name of ["undici", "undici-types", "@types/node"]) {
    await mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(folder, "node_modules", name), "dir");
  }
  return {
    folder,
    packages,
    async write(files) {
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    },
    node: async (...args) => {
      const { stdout } = await run(process.execPath, args, { cwd: folder });
      return stdout;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
