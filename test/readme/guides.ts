import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every README and other guide that users read, as a path below the root. */
export function guides(): string[] {
  const inside = ["packages", "examples"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((path) => join(folder, path))
      .filter((path) => /^\w+[\\/][\w-]+[\\/](README|MIGRATING)\.md$/.test(path)),
  );
  return ["README.md", ...inside];
}
