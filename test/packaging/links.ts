import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { root } from "./packages.js";

/** The repository's pages of files and folders, as GitHub addresses them. */
const OWN_PAGE =
  /^https:\/\/github\.com\/prefreeze\/prefreeze\/(?:blob|tree)\/(?:main|HEAD)\/([^#]*)(#.*)?$/;

const NO_HEADING = "there is no such heading";

/**
 * Finds the broken links of a Markdown file. npm resolves a relative link of a README as GitHub does, from the
 * folder that `repository.directory` names, so each of them must lead to a file of the repository.
 *
 * @param file its absolute path
 * @param markdown its text; default: the content of the file
 * @returns one line for each broken link, with the reason
 */
export function brokenLinks(file: string, markdown = readFileSync(file, "utf8")): string[] {
  return linksIn(markdown).flatMap((link) => {
    const reason = faultOf(link, file, markdown);
    return reason === undefined ? [] : [`${relative(root, file)}: ${link}: ${reason}`];
  });
}

/** The address of every link and image. */
export function linksIn(markdown: string): string[] {
  const prose = withoutCode(markdown);
  const patterns = [
    // [text](address "title") and ![text](address)
    /\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g,
    // [name]: address
    /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm,
    // <a href="address"> and <img src="address">
    /<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)="([^"]+)"/g,
  ];
  return patterns.flatMap((pattern) => [...prose.matchAll(pattern)].map(([, link = ""]) => link));
}

function faultOf(link: string, file: string, markdown: string): string | undefined {
  const [, ownPath, ownAnchor = ""] = OWN_PAGE.exec(link) ?? [];
  if (ownPath !== undefined) return faultOfPath(join(root, decodeURI(ownPath)), ownAnchor.slice(1));
  if (/^(https|mailto):/.test(link)) return undefined;
  if (/^[a-z][\w+.-]*:|^\/\//i.test(link)) return "use https";
  if (link.startsWith("/")) return "is absolute on GitHub, and broken on npm";

  const [path = "", anchor = ""] = link.split("#", 2);
  if (path === "") return anchorsIn(markdown).includes(anchor) ? undefined : NO_HEADING;
  return faultOfPath(join(dirname(file), decodeURI(path)), anchor);
}

function faultOfPath(target: string, anchor: string): string | undefined {
  const inside = relative(root, target);
  if (inside === ".." || inside.startsWith(`..${sep}`)) return "leaves the repository";
  if (/(^|[/\\])(dist|node_modules|\.cache)([/\\]|$)/.test(inside)) return "is built, not in git";
  if (!existsSync(target)) return "there is no such file";
  if (anchor === "") return undefined;
  // GitHub shows the README below the list of a folder's files, under the anchor `readme`.
  const readme = join(target, "README.md");
  if (existsSync(readme)) return anchor === "readme" ? undefined : faultOfPath(readme, anchor);
  if (target.endsWith(".md"))
    return anchorsIn(readFileSync(target, "utf8")).includes(anchor) ? undefined : NO_HEADING;
  const isLine = /^L\d+(-L\d+)?$/.test(anchor) && statSync(target).isFile();
  return isLine ? undefined : "only Markdown has headings";
}

/** The anchors that GitHub generates for headings, and those in the text itself. */
export function anchorsIn(markdown: string): string[] {
  const seen = new Map<string, number>();
  const headings = [...withoutFences(markdown).matchAll(/^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/gm)];
  const generated = headings.map(([, heading = ""]) => {
    const slug = heading
      .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
  const set = [...markdown.matchAll(/<a\s[^>]*?\b(?:id|name)="([^"]+)"/g)];
  return [...generated, ...set.map(([, id = ""]) => id)];
}

/** Links and headings in blocks of code are none. */
function withoutFences(markdown: string): string {
  return markdown.replaceAll(/^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ {0,3}\1[`~]*\s*$/gm, "");
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown)
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, (code) => code.replaceAll(/[[\]()<>]/g, " "));
}
