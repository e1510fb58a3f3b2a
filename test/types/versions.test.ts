import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installLane } from "@prefreeze/install-lane";
import { type Consumer, resolutions, typeConsumer } from "./consumer.js";

const lane = fileURLToPath(new URL("compilers", import.meta.url));
const { devDependencies } = JSON.parse(readFileSync(join(lane, "package.json"), "utf8")) as {
  readonly devDependencies: Readonly<Record<string, string>>;
};
const versions = Object.keys(devDependencies);
const compile = fileURLToPath(new URL("compile.mjs", import.meta.url));
const tsc7 = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);

let consumer: Consumer;

beforeAll(async () => {
  await installLane(lane);
  consumer = await typeConsumer();
}, 120_000);
afterAll(() => consumer?.remove());

/** Everything that a program prints, whether it succeeds or not. */
async function printed(...words: readonly string[]): Promise<string> {
  const ran = promisify(execFile)(process.execPath, words, { maxBuffer: 10_000_000 });
  return ran.then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: Error & { stdout: string; stderr: string }) =>
      error.stdout + error.stderr || error.message,
  );
}

describe("the published types, imported by ES modules and CommonJS,", { concurrent: true }, () => {
  test.each(versions)("compile with %s", { timeout: 120_000 }, async (version) => {
    const compiler = join(lane, `node_modules/${version}/lib/typescript.js`);
    // node16 differs from nodenext in the same way in every version: TypeScript 7 checks it below.
    const { nodenext, bundler } = consumer.configs;
    expect(await printed(compile, compiler, nodenext, bundler)).toBe("");
  });

  test.each(resolutions)(
    "compile with TypeScript 7 and moduleResolution %s",
    { timeout: 120_000 },
    async (resolution) => {
      expect(await printed(tsc7, "-p", consumer.configs[resolution])).toBe("");
    },
  );
});

test("code that must not compile fails by our types alone: it compiles if they are any", async () => {
  const untyped = await consumer.withoutOurTypes();
  const unused = (await printed(tsc7, "-p", untyped.config)).split("error TS2578").length - 1;
  expect(unused).toBe(untyped.expectedErrors);
  expect(untyped.expectedErrors).toBeGreaterThan(50);
});
