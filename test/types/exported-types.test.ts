import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** The names that a package's entry point exports. @param from only those that it takes from there */
function exportedNames(name: string, from = ""): string[] {
  const file = fileURLToPath(new URL(`../../packages/${name}/src/index.ts`, import.meta.url));
  const lists = readFileSync(file, "utf8").matchAll(/export (?:type )?\{([^}]+)\} from "([^"]+)"/g);
  return [...lists]
    .filter(([, , source = ""]) => source.includes(from))
    .flatMap(([, list = ""]) => list.split(","))
    .map((each) => each.replace("type ", "").trim())
    .filter(Boolean)
    .sort();
}

test.each(["aws-lambda", "cloudflare-workers", "vercel"])(
  "@prefreeze/%s exports everything that core does, so that one install is enough",
  (name) => {
    expect(exportedNames(name, "@prefreeze/core")).toEqual(exportedNames("core"));
  },
);
