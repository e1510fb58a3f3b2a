// Builds every package: ESM in dist/esm, CommonJS in dist/cjs, types beside both. What functions import is bundled for Node.js, in dist/node and
// dist/cjs. Then, for Lambda, the one file that is preloaded, where no package can be resolved, and the layer. For the command line, the Lambda emulator as one file.
// `--clean` removes all old output first.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { addCompileHints } from "./compile-hints.mjs";
import { prebundle } from "./prebundle.mjs";

const folder = dirname(fileURLToPath(import.meta.url));
const packages = readdirSync(folder)
  .map((name) => join(folder, name))
  .filter((path) => existsSync(join(path, "tsconfig.json")));

for (const path of packages) {
  if (process.argv.includes("--clean"))
    rmSync(join(path, "dist"), { recursive: true, force: true });
  for (const format of ["esm", "cjs"]) removeOrphans(path, join("dist", format));
  if (!existsSync(join(path, "tsconfig.cjs.json"))) continue;
  // The package says "type": "module"; this says that the CommonJS half is not.
  const format = join(path, "dist/cjs/package.json");
  mkdirSync(dirname(format), { recursive: true });
  if (!existsSync(format)) writeFileSync(format, '{ "type": "commonjs" }\n');
}

const tsc = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);
const projects = packages
  .flatMap((path) => [path, join(path, "tsconfig.cjs.json")])
  .filter((path) => existsSync(path));
const { status } = spawnSync(process.execPath, [tsc, "-b", ...projects], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

addCompileHints();

// Programs start once. Those for Workers are bundled by whoever deploys them.
for (const name of ["core", "node", "aws-lambda", "vercel"]) await prebundle(join(folder, name));

await build({
  entryPoints: [join(folder, "aws-lambda/dist/esm/preload.js")],
  outfile: join(folder, "aws-lambda/dist/register.mjs"),
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  format: "esm",
  legalComments: "none",
  logLevel: "warning",
});

// The Lambda emulator is no package that is published: `prefreeze dev lambda` brings it along.
const emulator = join(folder, "../test/lambda-emulator/src");
await build({
  entryPoints: [join(emulator, "standalone.ts")],
  outfile: join(folder, "cli/dist/lambda-emulator.cjs"),
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
  define: { "import.meta.url": "bundleUrl" },
  legalComments: "none",
  logLevel: "warning",
});
const STAND_IN = "runtime-client/rapid-client-stand-in.cjs";
mkdirSync(join(folder, "cli/dist/runtime-client"), { recursive: true });
copyFileSync(join(emulator, STAND_IN), join(folder, "cli/dist", STAND_IN));

const layer = join(folder, "aws-lambda/layer/build.mjs");
process.exitCode = spawnSync(process.execPath, [layer], { stdio: "inherit" }).status ?? 1;

/** The compiler leaves the output of a deleted file, which would be packed. */
function removeOrphans(path, output) {
  if (!existsSync(join(path, output))) return;
  for (const file of readdirSync(join(path, output), { recursive: true })) {
    const source = file.replace(/(\.d\.ts|\.js)$/, ".ts");
    if (source !== file && !existsSync(join(path, "src", source))) rmSync(join(path, output, file));
  }
}
