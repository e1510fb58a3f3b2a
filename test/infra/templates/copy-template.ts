import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Copies one of the folders of `infra/aws`, as users do, and puts packages into its `node_modules`, as its first lines
 * say. It is removed after the test.
 *
 * @param packages what is installed, and where from, below the repository's root
 * @returns the folder
 */
export async function copyTemplate(
  name: string,
  packages: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `prefreeze-${name}-`));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(root, "infra/aws", name), folder, { recursive: true });
  const all = { "@prefreeze/aws-lambda": "packages/aws-lambda", ...packages };
  for (const [dependency, path] of Object.entries(all)) {
    const place = join(folder, "node_modules", dependency);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(root, path), place, "dir");
  }
  return folder;
}
