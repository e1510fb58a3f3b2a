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

/** What a program prints, whether it succeeds or not. */
async function printed(...words: readonly string[]): Promise<string> {
  const ran = promisify(execFile)(process.execPath, words, { maxBuffer: 10_000_000 });
  return ran.then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: Error & { stdout: string; stderr: string }) =>
      error.stdout + error.stderr || error.message,
  );
}

describe(
  "the published types, by ES modules and CommonJS, found in every way,",
  { concurrent: true },
  () => {
    test.each(versions)("please %s", { timeout: 120_000 }, async (version) => {
      const compiler = join(lane, `node_modules/${version}/lib/typescript.js`);
      // What node16 reads differently, it reads alike in every version: TypeScript 7 judges that below.
      const { nodenext, bundler } = consumer.configs;
      expect(await printed(compile, compiler, nodenext, bundler)).toBe("");
    });

    test.each(resolutions)(
      "please TypeScript 7, with %s",
      { timeout: 120_000 },
      async (resolution) => {
        expect(await printed(tsc7, "-p", consumer.configs[resolution])).toBe("");
      },
    );
  },
);

test("what must not compile is wrong by these types, and by nothing else", async () => {
  const untyped = await consumer.withoutOurTypes();
  const unused = (await printed(tsc7, "-p", untyped.config)).split("error TS2578").length - 1;
  expect(unused).toBe(untyped.expectedErrors);
  expect(untyped.expectedErrors).toBeGreaterThan(50);
});
