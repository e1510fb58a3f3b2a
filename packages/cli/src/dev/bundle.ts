import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, relative } from "node:path";
import { WrongInput } from "../arguments/wrong-input.js";
import type { Handler } from "./find-handler.js";

/** The part of esbuild that is used here. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<{
    readonly metafile: {
      readonly inputs: Readonly<Record<string, { readonly format?: string }>>;
      readonly outputs: Readonly<Record<string, { readonly exports: readonly string[] }>>;
    };
  }>;
}

interface BuildError {
  readonly text: string;
  readonly location: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
  } | null;
}

/** Packages that are ES modules call `require`, too, once they are bundled. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from "node:module";
globalThis.require ??= createRequireOfBundle(import.meta.url);`;

/**
 * Bundles a handler into one file, `index.mjs` or `index.js`, as for a deployment: ES module or CommonJS, as its
 * extension or the nearest package.json says.
 *
 * @param outdir a folder of its own
 * @param esbuildPath the module of esbuild
 * @throws WrongInput if the file has no such export
 * @throws Error if it cannot be bundled
 */
export async function bundle(handler: Handler, outdir: string, esbuildPath: string): Promise<void> {
  const esbuild = createRequire(esbuildPath)(esbuildPath) as Esbuild;
  await expectExport(handler, esbuild);
  const format = formatOf(handler.file);
  try {
    await build(handler, outdir, format, esbuild);
  } catch (error) {
    const { errors = [] } = Object(error) as { readonly errors?: readonly BuildError[] };
    // With no word about its format, only this tells.
    if (format === "cjs" && errors.some(({ text }) => /top-level await/i.test(text))) {
      await build(handler, outdir, "esm", esbuild).catch(cannotBundle(handler));
    } else cannotBundle(handler)(error);
  }
  // Above, there may be a package.json that says another format.
  await writeFile(join(outdir, "package.json"), '{ "type": "commonjs" }\n');
}

async function build(
  { file }: Handler,
  outdir: string,
  format: "esm" | "cjs",
  esbuild: Esbuild,
): Promise<void> {
  await esbuild.build({
    entryPoints: [file],
    outfile: join(outdir, format === "esm" ? "index.mjs" : "index.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    format,
    sourcemap: "inline",
    loader: { ".node": "copy" },
    logLevel: "silent",
    ...(format === "esm" ? { banner: { js: REQUIRE } } : {}),
  });
}

function cannotBundle({ file }: Handler): (error: unknown) => never {
  return (error) => {
    const { errors = [], message } = Object(error) as Error & {
      readonly errors?: readonly BuildError[];
    };
    const [first] = errors;
    const why =
      first === undefined
        ? message
        : `${first.location === null ? "" : `${first.location.file}:${first.location.line}:${first.location.column + 1}: `}${first.text}`;
    throw new Error(`${relative(process.cwd(), file)} cannot be bundled: ${why}`, { cause: error });
  };
}

/** @throws WrongInput if the exports are known, and the handler's name is none of them */
async function expectExport({ file, name }: Handler, esbuild: Esbuild): Promise<void> {
  // A handler may be a property of an export.
  const [first = ""] = name.split(".");
  const { inputs, outputs } = (
    await esbuild
      .build({
        entryPoints: [file],
        bundle: false,
        write: false,
        format: "esm",
        metafile: true,
        logLevel: "silent",
      })
      // Said when it is bundled.
      .catch(() => ({ metafile: { inputs: {}, outputs: {} } }))
  ).metafile;
  const [input] = Object.values(inputs);
  const [output] = Object.values(outputs);
  if (input?.format !== "esm" || output === undefined) return;
  const { exports } = output;
  if (exports.includes(first) || /^\s*export\s*\*\s*from/m.test(readFileSync(file, "utf8"))) return;
  const others = exports.length === 0 ? "nothing" : exports.join(", ");
  throw new WrongInput(
    `${relative(process.cwd(), file)} has no export ${first}: it exports ${others}`,
  );
}

function formatOf(file: string): "esm" | "cjs" {
  const extension = extname(file);
  if (extension.startsWith(".m")) return "esm";
  if (extension.startsWith(".c")) return "cjs";
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (existsSync(path)) {
      try {
        const { type } = JSON.parse(readFileSync(path, "utf8")) as { readonly type?: unknown };
        return type === "module" ? "esm" : "cjs";
      } catch {
        return "cjs";
      }
    }
    if (folder === dirname(folder)) return "cjs";
  }
}
