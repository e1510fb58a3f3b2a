import { mkdir, readdir, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fetchWithDependencies } from "../pushgateway/fetch.mjs";
import { cacheFolder, onPath } from "../pushgateway/find.mjs";

/** A browser, and the variables that it needs. */
export interface Chromium {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
}

const FOLDER = "chromium";
const PACKAGES = ["chromium", "fonts-dejavu-core"];

/**
 * Finds Chromium: in CHROMIUM_BIN, on the PATH, or Debian's as it was fetched. In CI, it is fetched if it is missing.
 *
 * @returns the browser, or the reason why there is none
 * @throws Error if it is missing in CI, and cannot be fetched
 */
export async function findChromium(): Promise<Chromium | string> {
  const program =
    process.env["CHROMIUM_BIN"] || onPath(["chromium", "chromium-browser", "google-chrome"]);
  if (program) return { program, environment: {} };
  const fetched = join(cacheFolder, FOLDER);
  if (existsSync(fetched)) return await fromPackages(fetched);
  if (!["", "0", "false"].includes(process.env["CI"] ?? ""))
    return await fromPackages(await fetchWithDependencies(PACKAGES, FOLDER));
  return "no Chromium: set CHROMIUM_BIN, put chromium on the PATH, or set CI=1 to fetch Debian's";
}

/** Makes the unpacked packages find their own libraries and fonts. */
async function fromPackages(folder: string): Promise<Chromium> {
  const entries = await readdir(join(folder, "usr/lib"), { recursive: true, withFileTypes: true });
  const libraries = entries.filter(({ name }) => /\.so(\.|$)/.test(name));
  const folders = new Set(libraries.map(({ parentPath }) => parentPath));
  const own = join(folder, "usr/lib/chromium");
  const fonts = join(cacheFolder, "chromium-fonts");
  await mkdir(fonts, { recursive: true });
  const configuration = join(fonts, "fonts.conf");
  await writeFile(
    configuration,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<alias><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
<dir>/usr/share/fonts</dir><dir>${join(folder, "usr/share/fonts")}</dir><cachedir>${fonts}</cachedir>
</fontconfig>\n`,
  );
  return {
    program: join(own, "chromium"),
    environment: {
      LD_LIBRARY_PATH: [...folders].filter((path) => path !== own).join(":"),
      FONTCONFIG_FILE: configuration,
    },
  };
}
