// Builds the layer into one zip, the same bytes from the same sources: `node build.mjs [FILE]`.
// It bundles what packages/build.mjs, which runs it last, has built before.
import { build } from "esbuild";
import { zipSync } from "fflate";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const [destination = join(folder, "../dist/prefreeze-layer.zip")] = process.argv.slice(2);

const { outputFiles } = await build({
  entryPoints: ["handler.ts", "register.ts", "protobuf.mts"].map((name) => join(folder, name)),
  external: ["./protobuf.mjs"],
  outdir: "prefreeze",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  write: false,
});
const contentsOf = (name) => outputFiles.find(({ path }) => basename(path) === name).contents;

const program = 0o755;
const text = 0o644;
const files = {
  "prefreeze/handler.mjs": [contentsOf("handler.mjs"), text],
  "prefreeze/protobuf.mjs": [contentsOf("protobuf.mjs"), text],
  "prefreeze/register.mjs": [contentsOf("register.mjs"), text],
  "prefreeze/wrapper": [readFileSync(join(folder, "wrapper")), program],
};

const entries = Object.entries(files).map(([path, [contents, mode]]) => [
  path,
  // A zip has local times: these are the same ones everywhere. Modes are those of unix (3).
  [contents, { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: (0o100000 | mode) << 16 }],
]);
mkdirSync(dirname(destination), { recursive: true });
writeFileSync(destination, zipSync(Object.fromEntries(entries)));
