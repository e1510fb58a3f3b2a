// `npm run release:version`: turns the changesets into the next version. It sets the version in every package and in
// the lock file, moves the texts of the changesets to CHANGELOG.md, and deletes them. It commits nothing.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { release, textOf } from "./changelog.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const changelog = join(root, "CHANGELOG.md");

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function main() {
  const texts = readdirSync(join(root, ".changeset"))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => textOf(readFileSync(join(root, ".changeset", name), "utf8")));
  if (texts.length === 0) throw new Error("There is no changeset. Add one with npm run changeset.");
  // A malformed text is refused before anything is written.
  const before = readFileSync(changelog, "utf8");
  const date = new Date().toISOString().slice(0, "YYYY-MM-DD".length);
  release(before, "next", date, texts);

  const last = versionOf("core");
  run("npx", "--no-install", "changeset", "version");
  if (versionOf("core") === last) throw new Error("No changeset names a package.");
  writeFileSync(changelog, release(before, versionOf("core"), date, texts));
  // These show their version, and cannot read their manifest in both formats.
  for (const name of ["aggregator", "cli"]) {
    const shown = join(root, "packages", name, "src/version.ts");
    const source = readFileSync(shown, "utf8");
    writeFileSync(shown, source.replace(/"\d[^"]*"/, JSON.stringify(versionOf(name))));
  }
  // The image of the aggregator.
  for (const [path, name] of [
    ["compose/aggregator.Dockerfile", "PREFREEZE_VERSION="],
    ["kubernetes/aggregator.yaml", "prefreeze-aggregator:"],
    ["kubernetes/README.md", "prefreeze-aggregator:"],
  ]) {
    const file = join(root, "infra", path);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replaceAll(name + last, name + versionOf("cli")));
  }
  // The example for Vercel is no workspace, since Next.js would be installed with everything else.
  const example = join(root, "examples/vercel/package.json");
  const manifest = JSON.parse(readFileSync(example, "utf8"));
  for (const name of Object.keys(manifest.dependencies))
    if (name.startsWith("@prefreeze/")) manifest.dependencies[name] = versionOf("core");
  writeFileSync(example, `${JSON.stringify(manifest, null, 2)}\n`);
  // Only our own versions change: there is nothing to fetch.
  run("npm", "install", "--package-lock-only", "--ignore-scripts", "--offline");
  console.log(`Version ${versionOf("core")}: review the changes, and commit them.`);
}

/** All packages have one version. */
function versionOf(name) {
  return JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")).version;
}

function run(program, ...words) {
  const { status } = spawnSync(program, words, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")} failed; see above.`);
}
