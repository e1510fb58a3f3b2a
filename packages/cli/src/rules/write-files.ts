import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { WrongInput } from "../arguments/wrong-input.js";
import { MARK } from "./mark.js";
import type { WrittenFile } from "./written-files.js";

/**
 * Writes files into a folder, which it creates. Nothing is written if one of them would overwrite a file of somebody else.
 *
 * @returns their paths
 * @throws WrongInput if a file is somebody else's; Error if one cannot be written
 */
export function writeFiles(folder: string, files: readonly WrittenFile[]): string[] {
  const paths = files.map(({ path }) => join(folder, path));
  for (const path of paths) {
    if (isOthers(path))
      throw new WrongInput(
        `${path} was not written by prefreeze rules: move it away, or give another --out`,
      );
  }
  return files.map(({ text }, i) => {
    const path = paths[i]!;
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    } catch (error) {
      throw new Error(`${path} cannot be written (${codeOf(error)}): choose a folder of yours`, {
        cause: error,
      });
    }
    return path;
  });
}

function isOthers(path: string): boolean {
  try {
    return !readFileSync(path, "utf8").includes(MARK);
  } catch (error) {
    // What cannot be read cannot be written, either, and the attempt says why.
    return codeOf(error) === "EISDIR";
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
