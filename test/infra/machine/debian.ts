import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  archivesOfThisMachine,
  DEBIAN_KEYS,
  fetchWithDependencies,
} from "../../pushgateway/fetch.mjs";
import { cacheFolder, onPath } from "../../pushgateway/find.mjs";

const run = promisify(execFile);
const makeDebian = fileURLToPath(new URL("make-debian.sh", import.meta.url));

/**
 * A Debian system that nothing is installed on yet, in the repository's `.cache`. Making it takes a minute, once; needs root.
 *
 * @param suite the Debian release, such as `trixie`
 * @returns its folder, which nobody may write to
 * @throws Error with what was printed last, if it cannot be made
 */
export async function debian(suite: string): Promise<string> {
  const folder = join(cacheFolder, "machines", suite);
  if (existsSync(folder)) return folder;
  // Of what is installed, the package is not fetched.
  const debootstrap = onPath(["debootstrap"])
    ? "/"
    : await fetchWithDependencies(["debootstrap"], "debootstrap");
  await mkdir(join(cacheFolder, "machines"), { recursive: true });
  const work = await mkdtemp(join(cacheFolder, "machines/.unfinished-"));
  try {
    await makeFromAny(await archivesOfThisMachine(), join(work, "root"), suite, debootstrap);
    await rename(join(work, "root"), folder);
  } catch (error) {
    // Another process was faster, and its copy is as complete.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** Archives of security fixes and of other programs have no whole system: the first that has one decides. */
async function makeFromAny(
  archives: readonly string[],
  root: string,
  suite: string,
  debootstrap: string,
): Promise<void> {
  const failures: string[] = [];
  for (const archive of archives) {
    try {
      await run(makeDebian, [root, suite, archive, DEBIAN_KEYS, debootstrap], {
        maxBuffer: 16 * 1024 * 1024,
      });
      return;
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      failures.push(`${stdout ?? ""}\n${stderr ?? String(error)}`.trim().slice(-1_000));
      await rm(root, { recursive: true, force: true });
    }
  }
  throw new Error(`Debian ${suite} cannot be made:\n${failures.join("\n")}`);
}
