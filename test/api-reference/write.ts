// `npm run docs`: writes the API reference to .cache/api-reference, as HTML.
import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { installLane } from "@prefreeze/install-lane";
import { root } from "../packaging/packages.js";
import { argumentsFor, entryPoints, lane } from "./public-symbols.js";

const folder = join(root, ".cache/api-reference");

await installLane(lane);
const { status } = spawnSync(
  process.execPath,
  [join(lane, "write-pages.mjs"), folder, ...argumentsFor(entryPoints())],
  { stdio: "inherit" },
);
if (status === 0) console.log(`The API reference is in ${relative(root, folder)}/index.html.`);
process.exitCode = status ?? 1;
