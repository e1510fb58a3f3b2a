import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly keywords: readonly string[];
  readonly files: readonly string[];
  readonly sideEffects: boolean | readonly string[];
  readonly engines: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | ExportConditions>>;
  /** The programs that it installs, by name. */
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Where an entry is, by the condition that whoever looks for it sets. */
export interface ExportConditions {
  /** For bundlers. By default they get what `import` leads to. */
  readonly module?: string | { readonly import: string; readonly require: string };
  readonly import: string | { readonly types: string; readonly default: string };
  readonly require: string;
}

/** A module that users import. */
export interface Entry {
  /** Such as `@prefreeze/core/adapter`. */
  readonly specifier: string;
  /** The module's path below `src`, without its extension. */
  readonly module: string;
  /** The files that Node.js loads, by their paths in the package. */
  readonly imported: string;
  readonly required: string;
}

/** The packages that are published. */
export const packageFolders = readdirSync(join(root, "packages"))
  .map((name) => join(root, "packages", name))
  .filter((folder) => existsSync(join(folder, "package.json")) && !readManifest(folder).private);

export const manifests = packageFolders.map(readManifest);

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** What users import of a package. */
export function entriesOf({ name, exports }: Manifest): Entry[] {
  return Object.entries(exports).flatMap(([path, conditions]) => {
    if (typeof conditions === "string") return [];
    const { import: imported, require: required } = conditions;
    const [file, types] =
      typeof imported === "string" ? [imported, imported] : [imported.default, imported.types];
    return [
      {
        specifier: name + path.slice(1),
        module: types.replace("./dist/esm/", "").replace(/(\.d\.ts|\.js)$/, ""),
        imported: file.slice("./".length),
        required: required.slice("./".length),
      },
    ];
  });
}

/** The code that a package exports, under any condition, by its paths in the package. */
export function exportedCode({ exports }: Manifest): string[] {
  return [...new Set(JSON.stringify(exports).match(/dist\/[^"]+\.js/g))];
}

/** What a user may import of a package: `@prefreeze/core`, `@prefreeze/core/adapter`. */
export function specifiersOf(manifest: Manifest): string[] {
  return entriesOf(manifest).map(({ specifier }) => specifier);
}
