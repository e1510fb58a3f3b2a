// `node build.mjs [FOLDER]` bundles each function into its own folder under dist, or under FOLDER. Zip the folder's
// files and deploy them with nodejs22.x or nodejs24.x and the handler index.handler.
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
// Node reads the module format from the nearest package.json, and the one above says ESM.
await writeFile(join(folder, "handler", "package.json"), '{ "type": "commonjs" }\n');
const register = new URL(
  "dist/register.mjs",
  import.meta.resolve("@prefreeze/aws-lambda/package.json"),
);
await copyFile(register, join(folder, "handler", "register.mjs"));
