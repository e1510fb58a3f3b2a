import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { readBlocks } from "./blocks.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tsc = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);

let folder: string;

afterEach(() => rm(folder, { recursive: true, force: true }));

test("every TypeScript block of the README compiles as it stands", async () => {
  const blocks = (await readBlocks()).filter(({ language }) => language === "ts");
  expect(blocks.length).toBeGreaterThanOrEqual(4);

  const cache = join(root, ".cache");
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, "readme-"));
  for (const [i, { text }] of blocks.entries()) {
    await writeFile(join(folder, `block-${i}.ts`), text);
  }
  // What the reader brings along.
  await writeFile(
    join(folder, "reader.d.ts"),
    "declare function chargeCard(order: object): Promise<void>;\n",
  );
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: { noEmit: true, lib: ["ES2023", "WebWorker"], moduleDetection: "force" },
      files: [],
      include: ["*.ts"],
    }),
  );

  const compiled = promisify(execFile)(process.execPath, [tsc, "-p", folder]);
  await expect(compiled).resolves.toMatchObject({ stdout: "" });
}, 30_000);
