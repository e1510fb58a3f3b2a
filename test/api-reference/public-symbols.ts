import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installLane } from "@prefreeze/install-lane";
import { entriesOf, packageFolders, readManifest, root } from "../packaging/packages.js";
import type { PublicSymbol } from "./rules.js";

/** The lane with TypeDoc and TypeScript 6. TypeScript 7 has no stable API for programs yet. */
export const lane = fileURLToPath(new URL("programs", import.meta.url));

/** The compiler options for the sources of all packages. */
const settings = fileURLToPath(new URL("programs/tsconfig.json", import.meta.url));

/**
 * The source file of every entry point of every published package, by the name that users import. Core comes first,
 * so that a symbol which other packages re-export belongs to core.
 */
export function entryPoints(): ReadonlyMap<string, string> {
  const core = join(root, "packages/core");
  const others = packageFolders.filter((folder) => folder !== core);
  const entries = [core, ...others].flatMap((folder) => {
    return entriesOf(readManifest(folder)).map(
      ({ specifier, module }) => [specifier, join(folder, `src/${module}.ts`)] as const,
    );
  });
  return new Map(entries);
}

/** Reads the docstrings and the code of everything that the entry points export. */
export async function publicSymbols(entries = entryPoints()): Promise<PublicSymbol[]> {
  await installLane(lane);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(lane, "read-symbols.mjs"), ...argumentsFor(entries)],
    { maxBuffer: 50_000_000 },
  );
  return JSON.parse(stdout) as PublicSymbol[];
}

/** Arguments that both programs of the lane take: the repository's folder, compiler options and entry points. */
export function argumentsFor(entries: ReadonlyMap<string, string>): string[] {
  return [root, settings, ...Array.from(entries, ([name, file]) => `${name}=${file}`)];
}
