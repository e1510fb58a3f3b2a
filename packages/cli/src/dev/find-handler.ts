import { existsSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { WrongInput } from "../arguments/wrong-input.js";

/** A handler in a source file. */
export interface Handler {
  /** The absolute path of the file. */
  readonly file: string;
  /** The name of the export; with dots, of a property of it. */
  readonly name: string;
}

const EXTENSIONS = ["", ".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"];

/**
 * Reads `FILE.HANDLER`, as the configuration of a function names it: `src/orders.handler` is the export `handler` of
 * `src/orders.ts`, or of a JavaScript file. The file may be written with its extension.
 *
 * @throws WrongInput if there is no such file
 */
export function findHandler(text: string, folder = process.cwd()): Handler {
  const name = basename(text);
  const dots = [...name.matchAll(/\./g)].map(({ index }) => index).reverse();
  for (const dot of dots) {
    const [file, handler] = [name.slice(0, dot), name.slice(dot + 1)];
    if (file === "" || handler === "") continue;
    for (const extension of EXTENSIONS) {
      // The rest may be an extension, and the name be missing: `orders.ts`.
      if (EXTENSIONS.includes(`.${handler}`)) continue;
      const path = resolve(folder, dirname(text), file + extension);
      if (existsSync(path) && statSync(path).isFile() && isSource(path)) {
        return { file: path, name: handler };
      }
    }
  }
  const isFile = existsSync(resolve(folder, text));
  throw new WrongInput(
    isFile
      ? `${text} names no handler: give FILE.HANDLER, as in ${text.slice(0, -extname(text).length || undefined)}.handler`
      : `there is no file for ${text}: give FILE.HANDLER, as in src/orders.handler for the export handler of ${join("src", "orders.ts")}`,
  );
}

function isSource(path: string): boolean {
  const extension = extname(path);
  return extension !== "" && EXTENSIONS.includes(extension);
}
