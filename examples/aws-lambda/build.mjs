// `node build.mjs [FOLDER]` bundles each function into a folder of its own under dist, or under FOLDER: zip what is in
// it, for nodejs22.x or nodejs24.x, with the handler index.handler.
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = process.argv[2] ?? here("dist");

const settings = {
  bundle: true,
  minify: true,
  sourcemap: true,
  platform: "node",
  target: "node22",
  logLevel: "warning",
};

for (const name of ["http", "sqs", "schedule", "untouched"]) {
  await build({
    ...settings,
    entryPoints: [here(`${name}.ts`)],
    outfile: join(folder, name, "index.mjs"),
    format: "esm",
  });
}

await build({
  ...settings,
  entryPoints: [here("handler.ts")],
  outfile: join(folder, "handler", "index.js"),
  format: "cjs",
});
// Node takes the folder's nearest package.json for the format, and the one above says ESM.
await writeFile(join(folder, "handler", "package.json"), '{ "type": "commonjs" }\n');
const register = new URL(
  "dist/register.mjs",
  import.meta.resolve("@prefreeze/aws-lambda/package.json"),
);
await copyFile(register, join(folder, "handler", "register.mjs"));
