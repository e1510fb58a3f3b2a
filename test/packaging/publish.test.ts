import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyRepository, type RepositoryCopy } from "./copy-repository.js";
import { filesToPublish } from "./files-to-publish.js";
import { manifests, packageFolders, readManifest } from "./packages.js";
import { type Registry, startRegistry } from "./registry.js";

interface Published {
  readonly name: string;
  readonly version: string;
  readonly files: readonly { readonly path: string }[];
}

let copy: RepositoryCopy;

beforeAll(async () => {
  copy = await copyRepository();
});
afterAll(() => copy?.remove());

describe("npm run release:publish -- --dry-run", () => {
  let output: string;
  let published: ReadonlyMap<string, Published>;

  beforeAll(async () => {
    // A file that an earlier build left behind must not be published.
    await mkdir(join(copy.folder, "packages/core/dist/esm"), { recursive: true });
    await copy.write("packages/core/dist/esm/left-over.js", "export {};\n");
    const { stdout, stderr } = await copy.run(
      "release:publish",
      "--dry-run",
      "--json",
      "--offline",
    );
    output = stderr;
    published = new Map(resultsIn(stdout).map((each) => [each.name, each]));
  }, 180_000);

  test.each(packageFolders.map((folder) => [readManifest(folder).name, folder] as const))(
    "builds %s from scratch, and packs the right files",
    (name, folder) => {
      const { version, files } = published.get(name)!;
      expect(version).toBe(readManifest(folder).version);
      expect(files.map(({ path }) => path).sort()).toEqual(filesToPublish(folder));
    },
  );

  test("publishes nothing but our packages, with public access", () => {
    expect([...published.keys()].sort()).toEqual(manifests.map(({ name }) => name).sort());
    expect(output.match(/with tag latest and public access \(dry-run\)/g)).toHaveLength(
      manifests.length,
    );
  });
});

describe("npm run release:publish", () => {
  /** Without builds, which the dry run covers, and without provenance, which needs a CI service. */
  async function publishTo({ npmrc }: Registry): Promise<{ readonly stderr: string }> {
    await copy.write(".npmrc-of-publisher", npmrc);
    const env = { npm_config_userconfig: join(copy.folder, ".npmrc-of-publisher") };
    return copy.runWith(env, "release:publish", "--ignore-scripts", "--provenance=false");
  }

  test("publishes each package after those it depends on", { timeout: 120_000 }, async () => {
    await using registry = await startRegistry();
    await publishTo(registry);
    expect([...registry.published].sort()).toEqual(
      manifests.map(({ name, version }) => `${name}@${version}`).sort(),
    );
    for (const { name, version, dependencies } of manifests) {
      const place = registry.published.indexOf(`${name}@${version}`);
      for (const [dependency, range] of Object.entries(dependencies ?? {})) {
        const before = registry.published.slice(0, place);
        const isOurs = manifests.some((each) => each.name === dependency);
        if (isOurs) expect(before).toContain(`${dependency}@${range}`);
      }
    }
  });

  test("continues a release that stopped half-way", { timeout: 120_000 }, async () => {
    await using registry = await startRegistry();
    registry.refuse("@prefreeze/node");
    await expect(publishTo(registry)).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /@prefreeze\/node@\S+ was not published\. Fix the error above/,
      ) as string,
    });
    expect(registry.published.length).toBeLessThan(manifests.length);
    registry.accept("@prefreeze/node");
    const { stderr } = await publishTo(registry);
    expect(stderr).toMatch(/@prefreeze\/core@\S+ is already published\./);
    expect(new Set(registry.published).size).toBe(manifests.length);
    expect(registry.published).toHaveLength(manifests.length);
  });
});

/** npm prints one JSON object for each package, between the lines that the builds print. */
function resultsIn(stdout: string): Published[] {
  return [...stdout.matchAll(/^\{$[\s\S]*?^\}$/gm)].flatMap(([text]) =>
    Object.values(JSON.parse(text) as Readonly<Record<string, Published>>),
  );
}
