// Bundles the handler into dist/index.js, ready to be zipped for nodejs22.x or nodejs24.x (handler: index.handler).
import { writeFileSync } from "node:fs";
import { build } from "esbuild";

await build({
  entryPoints: [new URL("handler.ts", import.meta.url).pathname],
  outfile: new URL("dist/index.js", import.meta.url).pathname,
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  format: "cjs",
});
// Node takes the folder's nearest package.json for the format, and the one above says ESM.
writeFileSync(new URL("dist/package.json", import.meta.url), '{ "type": "commonjs" }\n');
