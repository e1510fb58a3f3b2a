// Bundles the entries of a package, one file each, so that Node.js loads few files in a cold start. Bundlers keep the modules
// of dist/esm, of which they leave out what is not used.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build, transform } from "esbuild";

/** What Node.js imports, and what it requires. */
const OUTPUTS = [
  { folder: "dist/node", format: "esm" },
  { folder: "dist/cjs", format: "cjs" },
];

const TARGET = { platform: "node", target: "node20" };

/**
 * Bundles every entry that Node.js loads from dist/node or dist/cjs, each with all that it needs of our packages. A module in
 * several of these files shares its state with its copies, as two versions of a package do. One file more for what two entries
 * have in common would cost every function more than the second copy costs the few that import both.
 *
 * @param {string} path the folder of a package whose dist/esm is built
 */
export async function prebundle(path) {
  const { exports } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  for (const { folder, format } of OUTPUTS) {
    const entries = [...new Set(targetsIn(exports))]
      .filter((target) => target.startsWith(`./${folder}/`))
      .map((target) => target.slice(`./${folder}/`.length));
    const files = await bundle(path, entries, format);
    for (const [file, text] of files) {
      // Nothing is minified, so that a stack trace can be read. Comments stand in dist/esm.
      const { code } = await transform(text, { ...TARGET, format });
      mkdirSync(dirname(join(path, folder, file)), { recursive: true });
      writeFileSync(join(path, folder, file), code + namesIn(text));
    }
    removeOthers(join(path, folder), files);
  }
}

/** The files that a package exports, under any condition. */
function targetsIn(exports) {
  if (typeof exports === "string") return exports.endsWith(".js") ? [exports] : [];
  return Object.values(exports).flatMap(targetsIn);
}

/** @returns {Promise<Map<string, string>>} the text of each file, by the path of its entry */
async function bundle(path, entries, format) {
  const { outputFiles } = await build({
    ...TARGET,
    format,
    entryPoints: entries.map((entry) => join(path, "dist/esm", entry)),
    outbase: join(path, "dist/esm"),
    outdir: path,
    bundle: true,
    // A user may have them or not.
    external: ["next", "undici"],
    legalComments: "none",
    logLevel: "warning",
    write: false,
  });
  return new Map(
    outputFiles.map((file) => [relative(path, file.path).replaceAll("\\", "/"), file.text]),
  );
}

/** By this dead code, Node.js knows the names of a CommonJS module that an ES module imports, or that another one passes on. */
function namesIn(text) {
  return /^0 && \(module\.exports = \{[^}]*\}\);\n/m.exec(text)?.[0] ?? "";
}

/** What an earlier build wrote would be packed. */
function removeOthers(folder, files) {
  for (const file of readdirSync(folder, { recursive: true })) {
    if (file.endsWith(".js") && !files.has(file.replaceAll("\\", "/"))) rmSync(join(folder, file));
  }
}
