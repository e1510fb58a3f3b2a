import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { anchorsIn, brokenLinks, linksIn } from "./links.js";
import { packageFolders, readManifest, root } from "./packages.js";

/** The path of the page in the tests below, which need not exist. */
const page = join(root, "packages/core/README.md");

describe("every link works on GitHub and on npm, in", () => {
  test.each(publishedMarkdown())("%s, which npm publishes", (path) => {
    expect(brokenLinks(join(root, path))).toEqual([]);
  });

  test.each(otherMarkdown())("%s", (path) => {
    expect(brokenLinks(join(root, path))).toEqual([]);
  });
});

describe("a link is broken", () => {
  test.each([
    ["to a file that does not exist", "[x](NOWHERE.md)", "there is no such file"],
    ["to a file outside of the repository", "[x](../../../x.md)", "leaves the repository"],
    ["to a file that only a build makes", "[x](dist/esm/index.js)", "is built, not in git"],
    ["to a heading that does not exist", "# A\n[x](#b)", "there is no such heading"],
    ["to another file's missing heading", "[x](PROTOCOL.md#none)", "there is no such heading"],
    ["to a heading of a folder", "[x](conformance#a)", "only Markdown has headings"],
    ["to a missing heading of a folder's README", "[x](.#none)", "there is no such heading"],
    ["from the root of the site", "[x](/README.md)", "is absolute on GitHub, and broken on npm"],
    ["by http", "[x](http://example.com)", "use https"],
    [
      "to a page of the repository that does not exist",
      "[x](https://github.com/prefreeze/prefreeze/blob/main/NOWHERE.md)",
      "there is no such file",
    ],
    ["as an image", "![x](NOWHERE.svg)", "there is no such file"],
    ["by reference", "[x][y]\n\n[y]: NOWHERE.md", "there is no such file"],
    ["as HTML", '<img alt="" src="NOWHERE.svg">', "there is no such file"],
  ])("%s", (_, markdown, reason) => {
    const [fault, ...others] = brokenLinks(page, markdown);
    expect(others).toEqual([]);
    expect(fault).toMatch(/^packages.core.README\.md: .+/);
    expect(fault?.endsWith(`: ${reason}`)).toBe(true);
  });
});

test("a link works to a file, a folder, a heading, a line, or another site", () => {
  const markdown = `
    # The house

    [file](PROTOCOL.md) [folder](conformance) [up](../../LICENSE) [here](#the-house)
    [line](src/index.ts#L1) [site](https://example.com/a#b) [mail](mailto:a@example.com)
    [page](https://github.com/prefreeze/prefreeze/blob/main/packages/core/PROTOCOL.md)
    [guide](https://github.com/prefreeze/prefreeze/tree/main/packages/core#readme)
  `.replaceAll(/^ +/gm, "");
  expect(linksIn(markdown)).toHaveLength(9);
  expect(brokenLinks(page, markdown)).toEqual([]);
});

test("a link in code is ignored", () => {
  const markdown = "`[x](a.md)` and\n\n```md\n[x](b.md)\n# C\n```\n\n[`labels[0]`](PROTOCOL.md)\n";
  expect(linksIn(markdown)).toEqual(["PROTOCOL.md"]);
  expect(anchorsIn(markdown)).toEqual([]);
});

test("headings get the anchors that GitHub gives them", () => {
  const markdown = "# `faas_errors_total`: what? [See](x.md)\n\n## A b\n## A b\n<a id='c'></a>\n";
  expect(anchorsIn(markdown)).toEqual(["faas_errors_total-what-see", "a-b", "a-b-1"]);
});

/** npm publishes each README, and the files that `files` names. */
function publishedMarkdown(): string[] {
  return packageFolders.flatMap((folder) => {
    const named = readManifest(folder).files.filter((path) => path.endsWith(".md"));
    return ["README.md", ...named].map((path) => toPosix(relative(root, join(folder, path))));
  });
}

function otherMarkdown(): string[] {
  const published = new Set(publishedMarkdown());
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", "*.md"], {
    cwd: root,
    encoding: "utf8",
  });
  const isThere = (path: string) => path !== "" && existsSync(join(root, path));
  return listed.split("\n").filter((path) => isThere(path) && !published.has(path));
}

function toPosix(path: string): string {
  return path.replaceAll("\\", "/");
}
