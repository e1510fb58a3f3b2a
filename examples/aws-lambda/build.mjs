// Bundles the handler into dist/index.js: zip that folder for nodejs22.x or nodejs24.x, with the handler index.handler.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL(".", import.meta.url));
const dist = join(folder, "dist");

await build({
  entryPoints: [join(folder, "handler.ts")],
  outfile: join(dist, "index.js"),
  bundle: true,
  minify: true,
  sourcemap: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  logLevel: "warning",
});
// Node takes the folder's nearest package.json for the format, and the one above says ESM.
await mkdir(dist, { recursive: true });
await writeFile(join(dist, "package.json"), '{ "type": "commonjs" }\n');
