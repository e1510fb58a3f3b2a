import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installLane } from "../lanes/install-lane.js";
import { packageFolders, readManifest, root } from "../packaging/packages.js";
import type { PublicSymbol } from "./rules.js";

/** TypeDoc and the compiler that it reads with; TypeScript 7 has no such interface for programs. */
export const lane = fileURLToPath(new URL("programs", import.meta.url));

/** The sources as the programs of the lane read them. */
const settings = fileURLToPath(new URL("programs/tsconfig.json", import.meta.url));

/**
 * The source of every entry of every published package, by the name that users import it by. Core comes first:
 * what others re-export is its.
 */
export function entryPoints(): ReadonlyMap<string, string> {
  const core = join(root, "packages/core");
  const others = packageFolders.filter((folder) => folder !== core);
  const entries = [core, ...others].flatMap((folder) => {
    const { name, exports } = readManifest(folder);
    return Object.entries(exports).flatMap(([path, conditions]) => {
      const { import: built } = conditions as { readonly import?: string };
      if (built === undefined) return [];
      const source = built.replace("./dist/esm/", "src/").replace(/\.js$/, ".ts");
      return [[name + path.slice(1), join(folder, source)] as const];
    });
  });
  return new Map(entries);
}

/** Reads the docstrings and the code of what the entries export: files of TypeScript, by name. */
export async function publicSymbols(entries = entryPoints()): Promise<PublicSymbol[]> {
  await installLane(lane);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(lane, "read-symbols.mjs"), ...argumentsFor(entries)],
    { maxBuffer: 50_000_000 },
  );
  return JSON.parse(stdout) as PublicSymbol[];
}

/** Of both programs: the repository's folder, how to read the sources, and the entries. */
export function argumentsFor(entries: ReadonlyMap<string, string>): string[] {
  return [root, settings, ...Array.from(entries, ([name, file]) => `${name}=${file}`)];
}
