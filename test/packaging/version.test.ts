import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyRepository, type RepositoryCopy } from "./copy-repository.js";
import { type Manifest, manifests, packageFolders, root } from "./packages.js";

type Lock = Record<string, { version?: string; dependencies?: Record<string, string> }>;

const [{ version: before } = { version: "" }] = manifests;
const [major = 0, minor = 0] = before.split(".").map(Number);
const next = `${major}.${minor + 1}.0`;

let copy: RepositoryCopy;

beforeAll(async () => {
  copy = await copyRepository();
  for (const name of await changesets()) await rm(join(copy.folder, ".changeset", name));
});
afterAll(() => copy?.remove());

describe("npm run release:version refuses", () => {
  test("to release nothing", async () => {
    await expectRefusal("There is no changeset. Add one with npm run changeset.");
  });

  test("a changeset without a heading", async () => {
    await addChangeset("odd", "patch", "Mends a thing.");
    await expectRefusal('"Mends a thing." stands under no heading: put ### Added');
  });

  test("a changeset with an unknown heading", async () => {
    await addChangeset("odd", "patch", "### Improved\n\n- A thing.");
    await expectRefusal('"### Improved" is no heading of a changelog: use Added,');
  });

  async function expectRefusal(message: string): Promise<void> {
    await expect(copy.run("release:version")).rejects.toMatchObject({
      stderr: expect.stringContaining(message) as string,
    });
    expect((await manifestOf("packages/core")).version).toBe(before);
    expect(await copy.read("CHANGELOG.md")).toBe(await original("CHANGELOG.md"));
  }
});

describe("npm run release:version, with a new feature and a fix of core,", () => {
  beforeAll(async () => {
    for (const name of await changesets()) await rm(join(copy.folder, ".changeset", name));
    await addChangeset("feature", "minor", "### Added\n\n- `gauge()` counts sheep.");
    await addChangeset("fix", "patch", "### Fixed\n\n- Sheep are counted once.");
    await copy.run("release:version");
  }, 120_000);

  test.each(packageFolders.map((folder) => basename(folder)))(
    "gives %s and its dependencies the next minor version",
    async (name) => {
      const { version, dependencies } = await manifestOf(`packages/${name}`);
      expect(version).toBe(next);
      for (const [, range] of Object.entries(dependencies ?? {}).filter(isOurs))
        expect(range).toBe(next);
    },
  );

  test("lets the examples depend on the new version", async () => {
    const examples = (await readdir(join(root, "examples"))).filter((name) =>
      existsSync(join(root, "examples", name, "package.json")),
    );
    expect(examples.length).toBeGreaterThan(0);
    for (const name of examples) {
      const { dependencies = {} } = await manifestOf(`examples/${name}`);
      expect(Object.entries(dependencies).filter(isOurs).length).toBeGreaterThan(0);
      for (const [, range] of Object.entries(dependencies).filter(isOurs)) expect(range).toBe(next);
    }
  });

  test.each([
    ["infra/compose/aggregator.Dockerfile", 1],
    ["infra/kubernetes/aggregator.yaml", 1],
    ["infra/kubernetes/README.md", 2],
  ])("names the new version in %s", async (path, times) => {
    const text = await copy.read(path);
    const named = [...text.matchAll(/(?:PREFREEZE_VERSION=|prefreeze-aggregator:)(\S+)/g)];
    expect(named.map(([, version]) => version)).toEqual(Array(times).fill(next));
  });

  test("changes our own versions in the lock file, and nothing else", async () => {
    const expected = lockOf(await original("package-lock.json"));
    for (const [path, locked] of Object.entries(expected)) {
      if (path === "" || path.includes("node_modules/")) continue;
      if (locked.version === before) locked.version = next;
      for (const [name, range] of Object.entries(locked.dependencies ?? {}).filter(isOurs)) {
        if (range === before) locked.dependencies![name] = next;
      }
    }
    expect(expected["packages/core"]?.version).toBe(next);
    expect(lockOf(await copy.read("package-lock.json"))).toEqual(expected);
  });

  test("moves unreleased entries and changesets into a new section of CHANGELOG.md", async () => {
    const changelog = await copy.read("CHANGELOG.md");
    const [, unreleased, title, section = ""] = changelog.split(/^## /m);
    expect(unreleased).toBe("[Unreleased]\n\n");
    expect(title).toMatch(
      new RegExp(`^\\[${next.replaceAll(".", "\\.")}\\] - 20\\d\\d-\\d\\d-\\d\\d\n`),
    );
    expect(title).toMatch(/^### Added\n\n(- [\s\S]*\n)?- `gauge\(\)` counts sheep\.\n/m);
    expect(title).toMatch(/^### Fixed\n\n(- [\s\S]*\n)?- Sheep are counted once\.\n/m);
    expect(section).toMatch(/^\[\d+\.\d+\.\d+\]/);
    const lines = (await original("CHANGELOG.md")).split("\n").filter((line) => line !== "");
    expect(changelog.split("\n")).toEqual(expect.arrayContaining(lines));
  });

  test("deletes the changesets", async () => {
    expect(await changesets()).toEqual([]);
  });
});

async function addChangeset(name: string, bump: string, text: string): Promise<void> {
  await copy.write(`.changeset/${name}.md`, `---\n"@prefreeze/core": ${bump}\n---\n\n${text}\n`);
}

async function changesets(): Promise<string[]> {
  const names = await readdir(join(copy.folder, ".changeset"));
  return names.filter((name) => name.endsWith(".md"));
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await copy.read(`${folder}/package.json`)) as Manifest;
}

function original(path: string): Promise<string> {
  return readFile(join(root, path), "utf8");
}

function lockOf(text: string): Lock {
  return (JSON.parse(text) as { readonly packages: Lock }).packages;
}

function isOurs([name]: readonly [string, unknown]): boolean {
  return name.startsWith("@prefreeze/");
}
