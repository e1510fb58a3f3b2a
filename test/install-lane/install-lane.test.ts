import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { installLane } from "./install-lane.js";

/** A lane whose only dependency is a folder inside it, so nothing is downloaded. */
async function lane(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-lane-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "thing"));
  await writeFile(join(folder, "thing/package.json"), '{ "name": "thing", "version": "1.0.0" }');
  const dependencies = { thing: "file:thing" };
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  const lock = {
    lockfileVersion: 3,
    packages: {
      "": { dependencies },
      "node_modules/thing": { resolved: "thing", link: true },
      thing: { version: "1.0.0" },
    },
  };
  await writeFile(join(folder, "package-lock.json"), JSON.stringify(lock));
  return folder;
}

const versionIn = (folder: string) =>
  (createRequire(join(folder, "index.js"))("thing/package.json") as { version: string }).version;

test(
  "a lane that several callers ask for at once is installed for all of them",
  { timeout: 60_000 },
  async () => {
    const folder = await lane();
    await Promise.all([installLane(folder), installLane(folder), installLane(folder)]);
    expect(versionIn(folder)).toBe("1.0.0");
  },
);
