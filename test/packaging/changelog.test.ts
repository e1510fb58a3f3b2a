import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { release, textOf } from "../../.changeset/changelog.mjs";
import { manifests, root } from "./packages.js";

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- A gauge.
  It goes both ways.

### Fixed

- A leak.

## [0.1.0]

### Added

- A counter.

[0.1.0]: https://example.com/0.1.0
`;

test("a release gathers unreleased entries and changesets under the headings of Keep a Changelog", () => {
  const changesets = [
    "\n### Fixed\n\n- A crash.\n",
    "### Security\n\n- A hole.\n### Added\n\n- A histogram.\n",
  ];
  expect(release(CHANGELOG, "0.2.0", "2026-12-01", changesets)).toBe(`# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added

- A gauge.
  It goes both ways.
- A histogram.

### Fixed

- A leak.
- A crash.

### Security

- A hole.

## [0.1.0]

### Added

- A counter.

[0.1.0]: https://example.com/0.1.0
`);
});

test("the first release can consist of changesets alone", () => {
  expect(release("## [Unreleased]\n", "0.1.0", "2026-12-01", ["### Added\n- A."])).toBe(
    "## [Unreleased]\n\n## [0.1.0] - 2026-12-01\n\n### Added\n\n- A.\n",
  );
});

test("a changelog without an Unreleased section is refused", () => {
  expect(() => release("# Changelog\n", "0.1.0", "2026-12-01", [])).toThrow(
    "CHANGELOG.md has no section ## [Unreleased]: add one.",
  );
});

describe("the changesets for the next release", () => {
  const waiting = readdirSync(join(root, ".changeset"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => [name, readFileSync(join(root, ".changeset", name), "utf8")] as const);

  test("fit into CHANGELOG.md", () => {
    const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
    const texts = waiting.map(([, text]) => textOf(text));
    const released = release(changelog, "next", "2026-12-01", texts);
    for (const line of texts.join("\n").split("\n")) expect(released).toContain(line.trim());
  });

  test("name our packages", () => {
    const names = manifests.map(({ name }) => name);
    for (const [file, text] of waiting) {
      const named = [...text.matchAll(/^"([^"]+)": (?:patch|minor|major)$/gm)];
      expect(named.length, file).toBeGreaterThan(0);
      expect(names).toEqual(expect.arrayContaining(named.map(([, name]) => name)));
    }
  });
});
