import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { manifests, packageFolders, readManifest, root } from "./packages.js";

const ADDRESS = "https://github.com/prefreeze/prefreeze";
const [{ version } = { version: "" }] = manifests;

describe("the metadata that npm shows of", () => {
  test.each(packageFolders.map((folder) => [basename(folder), readManifest(folder)] as const))(
    "%s",
    (folder, manifest) => {
      expect(manifest).toMatchObject({
        // `npx prefreeze` finds the command line by this name.
        name: folder === "cli" ? "prefreeze" : `@prefreeze/${folder}`,
        // npm's search cuts longer descriptions off.
        description: expect.stringMatching(/^[A-Z].{20,180}\.$/) as string,
        keywords: expect.arrayContaining(["prometheus", "pushgateway", "metrics", "serverless"]),
        homepage: `${ADDRESS}/tree/main/packages/${folder}#readme`,
        bugs: `${ADDRESS}/issues`,
        license: "Apache-2.0",
        repository: {
          type: "git",
          url: `git+${ADDRESS}.git`,
          directory: `packages/${folder}`,
        },
      });
      expect(new Set(manifest.keywords).size).toBe(manifest.keywords.length);
    },
  );
});

const usesNode = ({ name, dependencies = {} }: (typeof manifests)[number]): boolean =>
  name === "@prefreeze/node" ||
  "@prefreeze/node" in dependencies ||
  manifests.some((other) => other.name in dependencies && usesNode(other));

/** What programs need of others. Nothing that runs inside of a function has a third-party dependency. */
const thirdParty: Readonly<Record<string, readonly string[]>> = {
  "@prefreeze/aggregator": ["lmdb"],
  prefreeze: ["@streamparser/json", "cli-table3", "commander", "jiti", "picocolors", "yaml"],
};

describe("the metadata that installers, bundlers and the registry read of", () => {
  test.each(manifests.map((manifest) => [manifest.name, manifest] as const))(
    "%s",
    (_, manifest) => {
      expect(manifest).toMatchObject({
        // They are released together.
        version,
        type: "module",
        // Node 21 and 22.0 to 22.2 have no `process.getBuiltinModule`, by which @prefreeze/node loads Node's modules.
        engines: { node: usesNode(manifest) ? "^20.16 || >=22.3" : ">=20" },
        publishConfig: { access: "public", provenance: true },
      });
      // Bundlers drop unused imports, except of files that act when they are imported.
      expect(manifest.sideEffects).toEqual(
        manifest.name === "@prefreeze/aws-lambda"
          ? ["./dist/*/register*.js", "./dist/register.mjs"]
          : false,
      );
      // Our packages fit each other exactly.
      const dependencies = Object.entries(manifest.dependencies ?? {});
      const ours = dependencies.filter(([name]) => name.startsWith("@prefreeze/"));
      expect(ours.map(([, range]) => range)).toEqual(ours.map(() => manifest.version));
      const others = dependencies
        .map(([name]) => name)
        .filter((name) => !name.startsWith("@prefreeze/"));
      expect(others).toEqual(thirdParty[manifest.name] ?? []);
    },
  );

  test("the version is a semantic version", () => {
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });
});

test.each(packageFolders)("the license lies in %s", (folder) => {
  expect(read(join(folder, "LICENSE"))).toBe(read(join(root, "LICENSE")));
});

test("the lock file leads to the registry of whoever installs", () => {
  const { packages } = JSON.parse(read(join(root, "package-lock.json"))) as {
    readonly packages: Readonly<Record<string, { readonly resolved?: string }>>;
  };
  const addresses = Object.values(packages).filter(({ resolved }) => resolved?.includes("://"));
  expect(addresses).toEqual([]);
});

function read(file: string): string {
  return readFileSync(file, "utf8");
}
