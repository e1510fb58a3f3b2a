import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every README and other guide that users read, as a path below the root. */
export function guides(): string[] {
  // Not by a recursive search: the folders of packages hold what tests install, which is large and has links in circles.
  const folders = ["packages", "examples"].flatMap((parent) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(parent, name)),
  );
  return [
    "README.md",
    ...folders.flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => /^(README|MIGRATING)\.md$/.test(name))
        .map((name) => join(folder, name)),
    ),
  ];
}
