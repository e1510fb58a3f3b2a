import { execFile } from "node:child_process";
import { cp, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installLane } from "@prefreeze/install-lane";
import { beforeAll, expect, test } from "vitest";
import { root } from "../../../../test/packaging/packages.js";
import { laneOf, packages } from "./built-app.js";

const installed = laneOf("16");
const folder = join(installed, ".types");
const here = fileURLToPath(new URL("./", import.meta.url));

beforeAll(async () => {
  await installLane(installed);
  await rm(folder, { recursive: true, force: true });
  await cp(join(here, "app"), join(folder, "tested"), { recursive: true });
  await cp(join(here, "types"), join(folder, "types"), { recursive: true });
  for (const name of await readdir(join(root, "examples"))) {
    if (name.endsWith(".ts") || name === "vercel")
      await cp(join(root, "examples", name), join(folder, "examples", name), {
        recursive: true,
        filter: (path) => !/[/\\](node_modules|\.next)$/.test(path),
      });
  }
  const links = [
    ...packages.map((name) => [`@prefreeze/${name}`, join(root, "packages", name)] as const),
    ["@types/node", join(root, "node_modules/@types/node")] as const,
  ];
  for (const [name, to] of links) {
    const link = join(folder, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(to, link, "dir");
  }
}, 240_000);

test("wrapped routes, proxies, actions, pages and the example have exact types, beside those of Next.js", async () => {
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "es2023",
        lib: ["es2023", "dom", "dom.iterable"],
        module: "esnext",
        moduleResolution: "bundler",
        jsx: "react-jsx",
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
        skipLibCheck: true,
        types: ["node"],
      },
      include: ["**/*.ts", "**/*.tsx"],
    }),
  );
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const wrong = await promisify(execFile)(process.execPath, [compiler, "-p", folder]).then(
    () => "",
    (error: unknown) => (error as { readonly stdout: string }).stdout,
  );
  expect(wrong).toBe("");
}, 120_000);
