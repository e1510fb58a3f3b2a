import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { entriesOf, exportedCode, readManifest } from "./packages.js";

/** The paths that belong into the tarball of the package in `folder`: its build, and its documents. */
export function filesToPublish(folder: string): string[] {
  const manifest = readManifest(folder);
  const { name, bin = {} } = manifest;
  const prebundled = entriesOf(manifest).some(({ imported }) => imported.startsWith("dist/node/"));
  const modules = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
    .map((path) => path.slice(0, -".ts".length).replaceAll("\\", "/"));
  const built = modules.flatMap((path) => {
    // A module with a top-level await cannot be CommonJS.
    const waits = /^await /m.test(readFileSync(join(folder, "src", `${path}.ts`), "utf8"));
    const formats = waits || path === "preload" ? ["esm"] : ["esm", "cjs"];
    const code = prebundled ? ["esm"] : formats;
    return [
      ...code.map((format) => `dist/${format}/${path}.js`),
      ...formats.map((format) => `dist/${format}/${path}.d.ts`),
    ];
  });
  if (prebundled) {
    built.push(...exportedCode(manifest).filter((path) => !path.startsWith("dist/esm/")));
  }
  const others = ["LICENSE", "README.md", "package.json", "dist/cjs/package.json"];
  others.push(...Object.values(bin));
  if (name === "@prefreeze/aws-lambda") {
    others.push("dist/register.mjs", "dist/prefreeze-layer.zip");
  }
  if (name === "prefreeze") {
    others.push("dist/lambda-emulator.cjs", "dist/runtime-client/rapid-client-stand-in.cjs");
  }
  const specification = {
    "@prefreeze/core": "PROTOCOL.md",
    "@prefreeze/node": "JOURNAL.md",
  }[name];
  if (specification !== undefined) {
    const vectors = readdirSync(join(folder, "conformance"));
    others.push(specification, ...vectors.map((file) => `conformance/${file}`));
  }
  if (name === "@prefreeze/node") others.push("MIGRATING.md");
  return [...built, ...others].sort();
}
