import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { readBlocks } from "./blocks.js";
import { guides, root } from "./guides.js";

const run = promisify(execFile);
const tsc = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);

/** A folder below the root, so that what it imports is found; removed after the test. */
async function makeFolder(): Promise<string> {
  const cache = join(root, ".cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "readme-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Cloudflare's types take the place of the browser's and of Node's. */
const WORKERS_GUIDE = "packages/cloudflare-workers/README.md";

test.each([
  ["every README but that of Workers", (guide: string) => guide !== WORKERS_GUIDE, 15, {}],
  [
    "the README of Workers",
    (guide: string) => guide === WORKERS_GUIDE,
    2,
    { lib: ["ES2023"], types: ["@cloudflare/workers-types"], noUnusedParameters: false },
  ],
] as const)(
  "every TypeScript block of %s compiles as it stands",
  async (_, isRead, atLeast, compilerOptions) => {
    const folder = await makeFolder();
    let count = 0;
    for (const guide of guides().filter(isRead)) {
      const blocks = (await readBlocks(join(root, guide))).filter(
        // A test of Workers compiles and runs those that need Cloudflare's plugin of vitest.
        ({ language, name = "" }) => language === "ts" && !name.startsWith("vitest-"),
      );
      for (const [i, { text }] of blocks.entries())
        await writeFile(join(folder, `${guide.replace(/\W/g, "-")}-${i + 1}.ts`), text);
      count += blocks.length;
    }
    expect(count).toBeGreaterThanOrEqual(atLeast);
    // The reader's own function and bindings.
    await writeFile(
      join(folder, "reader.d.ts"),
      `declare function chargeCard(order: object): Promise<void>;
interface Env {}
// Installed by tests of its own.
declare module "@opentelemetry/sdk-metrics";
`,
    );
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: join(root, "tsconfig.json"),
        compilerOptions: {
          noEmit: true,
          declaration: false,
          lib: ["ES2023", "WebWorker"],
          types: ["node"],
          moduleDetection: "force",
          ...compilerOptions,
        },
        files: [],
        include: ["*.ts"],
      }),
    );

    const { stdout } = await run(process.execPath, [tsc, "-p", folder]).catch(
      (failed: { readonly stdout: string }) => failed,
    );
    expect(stdout).toBe("");
  },
  60_000,
);

const running = await Promise.all(
  guides().map(async (guide) => {
    const blocks = await readBlocks(join(root, guide));
    return blocks.filter(({ name }) => name === "runs").map(({ text }) => ({ guide, text }));
  }),
);

test.each(running.flat())(
  "the values that $guide promises come out",
  async ({ text }) => {
    // `record.value("orders_total"); // 1`
    const promise = /^(.+); \/\/ (.+)$/gm;
    expect(text.match(promise)?.length).toBeGreaterThanOrEqual(2);
    const checked = text.replace(promise, "assert.deepEqual(await ($1), $2);");
    const file = join(await makeFolder(), "example.ts");
    await writeFile(file, `import assert from "node:assert/strict";\n${checked}`);

    const ran = run(process.execPath, ["--import", "tsx", file], { cwd: root });
    await expect(ran).resolves.toEqual({ stdout: "", stderr: "" });
  },
  30_000,
);
