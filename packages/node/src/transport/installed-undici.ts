import type { Undici } from "./over-undici.js";

/** The undici that the program has installed. */
export interface InstalledUndici {
  readonly version: string;
  readonly undici: Undici;
}

/**
 * Loads the undici that the program has installed, in version 7 or 8, as its main file would. Bundlers see no import
 * of it. Loading it takes up to a tenth of a second, unless the program has loaded it already.
 *
 * @returns undefined if there is none
 */
export function installedUndici(): InstalledUndici | undefined {
  const [, main] = process.argv;
  if (!main) return undefined;
  try {
    const { createRequire } = process.getBuiltinModule("node:module");
    const load = createRequire(process.getBuiltinModule("node:fs").realpathSync(main));
    const { version } = load("undici/package.json") as { readonly version: string };
    if (!/^[78]\./.test(version)) return undefined;
    return { version, undici: load("undici") as Undici };
  } catch {
    return undefined;
  }
}
