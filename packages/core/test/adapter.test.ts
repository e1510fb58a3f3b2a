import { readdirSync, readFileSync } from "node:fs";
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
  for (const file of readdirSync(packages, { recursive: true, encoding: "utf8" })) {
    if (!/^[\w-]+\/(src|layer)\/.*\.ts$/.test(file)) continue;
    const source = readFileSync(join(packages, file), "utf8");
    for (const [, braces] of source.matchAll(
      /import (?:type )?\{([^}]*)\} from "@prefreeze\/core\/adapter"/g,
    ))
      for (const name of namesIn(braces!)) imported.add(name);
  }
  expect(exported.toSorted()).toEqual([...imported].toSorted());
});
