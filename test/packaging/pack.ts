import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageFolders, root } from "./packages.js";

/** One package as it would be published. */
export interface PackedPackage {
  readonly name: string;
  readonly tarball: string;
  /** Paths in the package. */
  readonly files: readonly string[];
}

interface NpmPackResult {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/**
 * Packs every package, as it is built now, into `destination`.
 *
 * Without the `prepack` scripts: they would take away what other tests are running.
 */
export async function packPackages(destination: string): Promise<PackedPackage[]> {
  const workspaces = packageFolders.map((folder) => `--workspace=${folder}`);
  const { stdout } = await promisify(execFile)(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", destination, ...workspaces],
    { cwd: root },
  );
  return (JSON.parse(stdout) as NpmPackResult[]).map(({ name, filename, files }) => ({
    name,
    tarball: join(destination, filename),
    files: files.map(({ path }) => path),
  }));
}
