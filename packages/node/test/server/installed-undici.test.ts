import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { describe, expect, onTestFinished, test } from "vitest";

const undici = dirname(createRequire(import.meta.url).resolve("undici/package.json"));

/** Bundles a program that tells what sends its pushes, and runs it beside these files. */
async function runBeside(
  format: "esm" | "cjs",
  prepare: (modules: string) => Promise<unknown>,
  variables: Record<string, string> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-undici-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const main = join(folder, format === "esm" ? "main.mjs" : "main.cjs");
  const { warnings } = await build({
    entryPoints: [fileURLToPath(new URL("fixtures/says-what-sends.mjs", import.meta.url))],
    outfile: main,
    bundle: true,
    platform: "node",
    format,
    logLevel: "silent",
  });
  expect(warnings).toEqual([]);
  const modules = join(folder, "node_modules");
  await mkdir(modules);
  await prepare(modules);
  const PUSHGATEWAY_URL = "http://127.0.0.1:9";
  const env = { ...process.env, PREFREEZE_ACTIVE: "1", PUSHGATEWAY_URL, ...variables };
  const { stdout } = await promisify(execFile)(process.execPath, [main], { env });
  return stdout.trim();
}

describe.each(["esm", "cjs"] as const)(
  "a bundled program that pushes on an interval, as %s",
  (format) => {
    test("sends pushes by the undici that is installed beside it", async () => {
      expect(
        await runBeside(format, (modules) => symlink(undici, join(modules, "undici"))),
      ).toMatch(/^requests are sent by undici 7\./);
    });

    test("sends them by node:http if PREFREEZE_TRANSPORT asks for it, although undici is installed", async () => {
      const sent = await runBeside(format, (modules) => symlink(undici, join(modules, "undici")), {
        PREFREEZE_TRANSPORT: "http",
      });
      expect(sent).toBe("requests are sent by node:http, since PREFREEZE_TRANSPORT is http");
    });

    test("sends them by itself if there is none", async () => {
      expect(await runBeside(format, async () => undefined)).toBe("requests are sent by node:net");
    });
  },
);

test.each(["6.21.0", "9.0.0"])("undici %s is left alone", async (version) => {
  const sent = await runBeside("esm", async (modules) => {
    await mkdir(join(modules, "undici"));
    await writeFile(join(modules, "undici/package.json"), JSON.stringify({ version }));
    await writeFile(join(modules, "undici/index.js"), "throw new Error('it was loaded');");
  });
  expect(sent).toBe("requests are sent by node:net");
});
