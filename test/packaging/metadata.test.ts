import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { manifests, packageFolders, root } from "./packages.js";

describe("what a package says of itself", () => {
  test.each(manifests.map((manifest) => [manifest.name, manifest] as const))(
    "%s",
    (_, manifest) => {
      expect(manifest).toMatchObject({
        version: "0.1.0",
        license: "Apache-2.0",
        type: "module",
        engines: { node: expect.stringMatching(/^>=20/) as string },
        keywords: expect.arrayContaining(["prometheus", "pushgateway", "serverless"]),
      });
      // Bundlers leave out what is not used, but what is imported for what it does.
      expect(manifest.sideEffects).toEqual(
        manifest.name === "@prefreeze/aws-lambda"
          ? ["./dist/*/register*.js", "./dist/register.mjs"]
          : false,
      );
      // Ours go together; nobody else's come along.
      for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
        expect(name).toMatch(/^@prefreeze\//);
        expect(version).toBe(manifest.version);
      }
    },
  );

  test.each(packageFolders)("the license lies in %s", (folder) => {
    expect(read(join(folder, "LICENSE"))).toBe(read(join(root, "LICENSE")));
  });
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
