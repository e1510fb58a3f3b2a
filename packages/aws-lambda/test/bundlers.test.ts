import { build, type BuildOptions } from "esbuild";
import { copyFile, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { installLane } from "@prefreeze/install-lane";
import { type Consumer, createConsumer } from "../../../test/packaging/consumer.js";
import { deployBundle } from "./deploy.js";
import {
  decodeFamilies,
  PROTOBUF_TYPE,
  startOf,
} from "../../../test/pushgateway/metric-families.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const lane = fileURLToPath(new URL("./bundlers", import.meta.url));
const nodeModules = fileURLToPath(new URL("../../../node_modules", import.meta.url));

/** Bundles an entry as `index.js` or `index.mjs` in a folder. */
type Bundle = (entry: string, outdir: string) => Promise<unknown>;

const esbuild =
  (format: "cjs" | "esm", more: BuildOptions = {}): Bundle =>
  (entry, outdir) =>
    build({
      entryPoints: [entry],
      outfile: join(outdir, format === "cjs" ? "index.js" : "index.mjs"),
      bundle: true,
      platform: "node",
      target: "node20",
      format,
      logLevel: "error",
      ...more,
    });
// Only the lane depends on webpack and rollup, so they are imported once it is installed.
const webpack =
  (format: "cjs" | "esm", minify: boolean): Bundle =>
  async (entry, outdir) => {
    const { bundleWithWebpack } = await import("./bundlers/bundle-with-webpack.mjs");
    await bundleWithWebpack(entry, outdir, { format, minify });
  };
const rollup =
  (format: "cjs" | "esm", fromCommonJs = false): Bundle =>
  async (entry, outdir) => {
    const { bundleWithRollup } = await import("./bundlers/bundle-with-rollup.mjs");
    await bundleWithRollup(entry, outdir, { format, fromCommonJs });
  };
const external: Bundle = async (entry, outdir) => {
  await symlink(nodeModules, join(outdir, "node_modules"), "dir");
  await esbuild("cjs", { external: ["@prefreeze/*"] })(entry, outdir);
};

let consumer: Consumer;

beforeAll(async () => {
  await installLane(lane);
  consumer = await createConsumer();
  for (const name of ["bundled.cjs", "bundled.mjs", "bundled-registered.mjs", "out-of-stock.mjs"]) {
    await copyFile(fixture(name), join(consumer.folder, name));
  }
  await rename(join(consumer.folder, "bundled.cjs"), join(consumer.folder, "common.js"));
}, 180_000);
afterAll(() => consumer?.remove());

/** Invokes twice with success and once with an error, and expects all three at the gateway. */
async function expectAllCounted(taskRoot: string, handler: string, mode: string): Promise<void> {
  const { invoke, lambda } = await deployBundle(taskRoot, {
    exported: "handler",
    handler,
    env: { PUSHGATEWAY_URL: gateway.url },
  });
  expect((await invoke()).result).toEqual({ ok: true, mode });
  expect((await invoke({ throws: true })).errorType).toBe("OutOfStock");
  expect((await invoke()).result).toEqual({ ok: true, mode });
  await lambda.settled();
  expect(await shown("orders_total", { plan: "pro" })).toBe(3);
  expect(await shown("faas_invocations_total")).toBe(2);
  expect(await shown("faas_errors_total", { error_type: "OutOfStock" })).toBe(1);
  expect(await shown("faas_coldstarts_total")).toBe(1);
  expect(lambda.logs()).not.toContain("prefreeze:");
}

async function bundled(entry: string, bundle: Bundle): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), "prefreeze-bundle-"));
  onTestFinished(() => rm(outdir, { recursive: true }));
  await bundle(fixture(entry), outdir);
  // Otherwise a package.json above it with "type": "module" would make index.js an ES module.
  await writeFile(join(outdir, "package.json"), '{ "type": "commonjs" }\n');
  return outdir;
}

describe("a handler", { timeout: 60_000 }, () => {
  test.each<[string, Bundle]>([
    ["esbuild, CommonJS", esbuild("cjs")],
    ["esbuild, CommonJS, minified", esbuild("cjs", { minify: true })],
    ["esbuild, ES module, minified", esbuild("esm", { minify: true })],
    ["esbuild, minified, with names kept", esbuild("cjs", { minify: true, keepNames: true })],
    ["esbuild, with the packages external", external],
    ["webpack, commonjs2", webpack("cjs", false)],
    ["webpack, commonjs2, minified", webpack("cjs", true)],
    ["webpack, ES module, minified", webpack("esm", true)],
    ["rollup, CommonJS", rollup("cjs")],
    ["rollup, ES module", rollup("esm")],
  ])("bundled by %s, counts every invocation", async (_, bundle) => {
    const outdir = await bundled("bundled.mjs", bundle);
    await expectAllCounted(outdir, "index.handler", "flush before returning");
  });

  test.each<[string, Bundle]>([
    ["esbuild", esbuild("esm")],
    ["esbuild, minified", esbuild("esm", { minify: true })],
    ["webpack, minified", webpack("esm", true)],
    ["rollup", rollup("esm")],
  ])("bundled as an ES module by %s, registers and counts every invocation", async (_, bundle) => {
    const outdir = await bundled("bundled-registered.mjs", bundle);
    await expectAllCounted(outdir, "index.handler", "flush after the response");
  });

  test.each<[string, Bundle]>([
    ["a CommonJS module by esbuild", esbuild("cjs")],
    ["an ES module by esbuild", esbuild("esm")],
    ["an ES module by esbuild, minified", esbuild("esm", { minify: true })],
    ["a CommonJS module by webpack", webpack("cjs", false)],
    ["an ES module by webpack, minified", webpack("esm", true)],
    ["an ES module by rollup", rollup("esm", true)],
  ])("whose wrapper is CommonJS, bundled as %s, counts every invocation", async (_, bundle) => {
    const outdir = await bundled("wrapped-by-company.mjs", bundle);
    await expectAllCounted(outdir, "index.handler", "flush before returning");
  });

  test.each([
    ["a CommonJS module", "common.handler", "flush before returning"],
    ["an ES module", "bundled.handler", "flush before returning"],
    ["an ES module that registers", "bundled-registered.handler", "flush after the response"],
  ])("not bundled, in %s, counts every invocation", async (_, handler, mode) => {
    await expectAllCounted(consumer.folder, handler, mode);
  });

  test.each<[string, Bundle]>([
    ["esbuild", esbuild("esm")],
    ["webpack, minified", webpack("esm", true)],
    ["rollup", rollup("esm")],
  ])("that pushes text, bundled by %s, has nothing of the protobuf format", async (_, bundle) => {
    const outdir = await bundled("bundled-registered.mjs", bundle);
    const text = await readFile(join(outdir, "index.mjs"), "utf8");
    expect(/MetricFamily|setFloat64/.exec(text)).toBeNull();
  });

  test.each<[string, Bundle, file: string]>([
    ["esbuild, CommonJS", esbuild("cjs"), "index.js"],
    ["esbuild", esbuild("esm"), "index.mjs"],
    ["webpack, minified", webpack("esm", true), "index.mjs"],
    ["rollup", rollup("esm"), "index.mjs"],
  ])("that pushes protobuf, bundled by %s, counts every invocation", async (_, bundle, file) => {
    const outdir = await bundled("bundled-protobuf.mjs", bundle);
    expect((await readFile(join(outdir, file), "utf8")).includes("MetricFamily")).toBe(true);
    await expectAllCounted(outdir, "index.handler", "flush before returning");
    const page = await fetch(`${gateway.url}/metrics`, { headers: { accept: PROTOBUF_TYPE } });
    const families = decodeFamilies(new Uint8Array(await page.arrayBuffer()));
    const orders = families.find(({ name }) => name === "orders_total");
    expect(orders?.metric.map(startOf)).toEqual([expect.any(Number)]);
  });
});
