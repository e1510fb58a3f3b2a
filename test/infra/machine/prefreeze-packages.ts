import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { packPackages } from "../../packaging/pack.js";
import { manifests } from "../../packaging/packages.js";

const run = promisify(execFile);

/** @returns the names of a package of this repository, and of those of this repository that it needs */
function withDependencies(name: string, known = new Set<string>()): Set<string> {
  const manifest = manifests.find((each) => each.name === name);
  if (manifest === undefined || known.has(name)) return known;
  known.add(name);
  for (const each of Object.keys(manifest.dependencies ?? {})) withDependencies(each, known);
  return known;
}

/** What a machine without a network installs prefreeze from. */
export interface PrefreezePackages {
  /** It holds npm's cache, with what others have published, and the packed packages of this repository. */
  readonly folder: string;
  /** Names of files in it. */
  readonly tarballs: readonly string[];
  /** npm's settings for a cache in the folder that the machine sees as `path`. */
  npmSettings(path: string): Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Packs the packages as they would be published, and fetches what they need. */
export async function packPrefreeze(): Promise<PrefreezePackages> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-packages-"));
  const names = withDependencies("prefreeze");
  const packed = (await packPackages(folder)).filter(({ name }) => names.has(name));
  const consumer = join(folder, "consumer");
  await mkdir(consumer);
  const tarballs = packed.map(({ tarball }) => tarball);
  const options = [
    "--ignore-scripts",
    "--no-audit",
    "--prefer-offline",
    "--cache",
    join(folder, "cache"),
  ];
  await run("npm", ["install", ...options, ...tarballs], { cwd: consumer });
  await rm(consumer, { recursive: true });
  const { stdout: registry } = await run("npm", ["config", "get", "registry"]);
  // As somebody may call them who has fetched them by hand.
  const renamed = await Promise.all(
    tarballs.map(async (tarball) => {
      const name = `packed ${basename(tarball)}`;
      await rename(tarball, join(folder, name));
      return name;
    }),
  );
  return {
    folder,
    tarballs: renamed,
    npmSettings: (path) => ({
      npm_config_offline: "true",
      npm_config_cache: `${path}/cache`,
      // What is in the cache belongs to the registry that it came from.
      npm_config_registry: registry.trim(),
    }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
