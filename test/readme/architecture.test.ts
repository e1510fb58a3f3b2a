import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));
const rooms = "core/src/";

interface Named {
  /** The folder in the heading above; empty if that names none. */
  readonly section: string;
  readonly path: string;
}

/** The files and folders that ARCHITECTURE.md names in backticks. */
function readNames(): Named[] {
  const text = readFileSync(join(packages, "ARCHITECTURE.md"), "utf8").replace(/```.*?```/gs, "");
  return text.split(/^#+ /m).flatMap((part) => {
    const section = /^`(.*\/)`/.exec(part)?.[1] ?? "";
    const paths = part.matchAll(/`((?!@)[\w./-]*(?:\/|\.(?:ts|mjs|json|md)))`/g);
    return Array.from(paths, ([, path]) => ({ section, path: path! }));
  });
}

test("every file and folder that ARCHITECTURE.md names exists", () => {
  const names = readNames();
  expect(names.length).toBeGreaterThan(100);
  const missing = names.filter(
    ({ section, path }) =>
      !["", section, rooms].some((folder) => existsSync(join(packages, folder, path))),
  );
  expect(missing).toEqual([]);
});

test("ARCHITECTURE.md has a section for each room of core, which names each of its files", () => {
  const names = readNames();
  const folders = readdirSync(join(packages, rooms), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  for (const { name } of folders) {
    const section = `${rooms}${name}/`;
    const named = names.filter((each) => each.section === section).map(({ path }) => path);
    expect(named).toEqual(expect.arrayContaining(readdirSync(join(packages, section))));
  }
});
