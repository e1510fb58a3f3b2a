import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const guides = readdirSync(join(root, "infra"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md") && !path.includes("node_modules"))
  .map((path) => join("infra", path));

/** The anchors that GitHub gives to the headings of a guide. */
function anchorsOf(path: string): Set<string> {
  const text = readFileSync(join(root, path), "utf8").replaceAll(/^```.*?^```/gms, "");
  const headings = text.matchAll(/^#+ (.*)$/gm);
  return new Set(
    Array.from(headings, ([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  );
}

test.each(guides)("each link of %s within the repository leads somewhere", (guide) => {
  const text = readFileSync(join(root, guide), "utf8");
  const broken = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target!).filter(
    (target) => {
      if (/^https?:/.test(target)) return false;
      const [file = "", anchor] = target.split("#");
      const path = file === "" ? guide : normalize(join(dirname(guide), file));
      if (!existsSync(join(root, path))) return true;
      return anchor !== undefined && !anchorsOf(path).has(anchor);
    },
  );
  expect(broken).toEqual([]);
});
