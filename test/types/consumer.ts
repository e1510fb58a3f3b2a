import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Ways in which TypeScript finds a package's types. */
export const resolutions = ["node16", "nodenext", "bundler"] as const;

/** A project of ours: TypeScript files that import the packages, ES modules and CommonJS. */
export interface Consumer {
  readonly folder: string;
  readonly configs: Readonly<Record<(typeof resolutions)[number], string>>;
  /** The same ES modules with every package of ours as `any`, and how many errors they expect. */
  withoutOurTypes(): Promise<{ readonly config: string; readonly expectedErrors: number }>;
  remove(): Promise<void>;
}

/** Puts every package's type tests into one project, as in the project of a user of the packages. */
export async function typeConsumer(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-types-"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  for (const [format, type] of [
    ["esm", "module"],
    ["cjs", "commonjs"],
  ] as const) {
    for (const { name, text } of await typeTests()) {
      // Middy is an ES module only, which a CommonJS file may not import.
      if (type === "commonjs" && text.includes('from "@middy/core"')) continue;
      await mkdir(join(folder, format, name, ".."), { recursive: true });
      await writeFile(join(folder, format, name), text);
    }
    await writeFile(join(folder, format, "package.json"), JSON.stringify({ type }));
  }
  const configs = { node16: "", nodenext: "", bundler: "" };
  for (const resolution of resolutions) {
    configs[resolution] = join(folder, `tsconfig.${resolution}.json`);
    await writeFile(configs[resolution], JSON.stringify(configOf(resolution)));
  }
  return {
    folder,
    configs,
    async withoutOurTypes() {
      const texts = (await typeTests()).map(({ text }) => text).join("\n");
      const imports = texts.matchAll(/import \{([^}]+)\} from ("@prefreeze\/[^"]+")/g);
      const names = [...imports].flatMap(([, list = "", from = ""]) =>
        list.split(",").map((name) => ({ from, name: name.replace("type ", "").trim() })),
      );
      const declarations = names
        .filter(({ name }) => name !== "")
        .map(({ from, name }) => `declare module ${from} { ${anyExport(name)} }\n`);
      await writeFile(join(folder, "any.d.ts"), [...new Set(declarations)].join(""));
      const config = join(folder, "tsconfig.any.json");
      const { compilerOptions } = configOf("nodenext");
      await writeFile(config, JSON.stringify({ compilerOptions, include: ["esm", "any.d.ts"] }));
      return { config, expectedErrors: texts.split("// @ts-expect-error").length - 1 };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

function anyExport(name: string): string {
  return `export type ${name} = any; export const ${name}: any;`;
}

function configOf(resolution: (typeof resolutions)[number]) {
  const bundler = resolution === "bundler";
  return {
    compilerOptions: {
      module: bundler ? "esnext" : resolution,
      moduleResolution: resolution,
      target: "es2022",
      lib: ["es2022"],
      types: ["node"],
      strict: true,
      // One of the two is stricter than most projects, the other as most are.
      exactOptionalPropertyTypes: !bundler,
      skipLibCheck: false,
      noEmit: true,
    },
    // A bundler finds a package's types in one way, whatever the format.
    include: bundler ? ["esm"] : ["esm", "cjs"],
  };
}

async function typeTests(): Promise<{ name: string; text: string }[]> {
  const files = ["core/types.ts"];
  for (const name of ["aws-lambda", "vercel"]) {
    const entries = await readdir(join(root, "packages", name, "test/types"));
    files.push(
      ...entries.filter((file) => file.endsWith(".ts")).map((file) => `${name}/types/${file}`),
    );
  }
  const tests = files.map(async (name) => {
    const path = join(root, "packages", name.replace("/", "/test/"));
    const text = await readFile(path, "utf8");
    return {
      name,
      text: text.replace(/"(?:\.\.\/)+test\/types\/equal\.js"/, `"${toRoot(name)}equal.js"`),
    };
  });
  const equal = await readFile(new URL("equal.ts", import.meta.url), "utf8");
  return [...(await Promise.all(tests)), { name: "equal.ts", text: equal }];
}

/** From a file to the folder that all names are relative to. */
function toRoot(name: string): string {
  return "../".repeat(name.split("/").length - 1);
}
