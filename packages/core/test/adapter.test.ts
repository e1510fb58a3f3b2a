import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const packages = fileURLToPath(new URL("../../", import.meta.url));

/** The names between the braces of `import { … }` or `export { … }`. */
function namesIn(braces: string): string[] {
  return braces
    .split(",")
    .map((name) => name.replace(/^\s*type\s/, "").trim())
    .filter(Boolean);
}

it("adapter.ts exports every name that a package imports, and no other", () => {
  const entryPoint = readFileSync(join(packages, "core/src/adapter.ts"), "utf8");
  const exported = [...entryPoint.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, braces]) =>
    namesIn(braces!),
  );
  const imported = new Set<string>();
  // Beside these folders is what tests install, which is large and has links in circles.
  const folders = readdirSync(packages).flatMap((name) => [`${name}/src`, `${name}/layer`]);
  const files = folders
    .filter((folder) => existsSync(join(packages, folder)))
    .flatMap((folder) =>
      readdirSync(join(packages, folder), { recursive: true, encoding: "utf8" }).map((file) =>
        join(folder, file),
      ),
    );
  for (const file of files) {
    if (!file.endsWith(".ts")) continue;
    const source = readFileSync(join(packages, file), "utf8");
    for (const [, braces] of source.matchAll(
      /import (?:type )?\{([^}]*)\} from "@prefreeze\/core\/adapter"/g,
    ))
      for (const name of namesIn(braces!)) imported.add(name);
  }
  expect(exported.toSorted()).toEqual([...imported].toSorted());
});
