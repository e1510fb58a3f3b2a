import { build } from "esbuild";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Consumer, createConsumer } from "./consumer.js";
import { filesToPublish } from "./files-to-publish.js";
import { manifests, packageFolders, readManifest, root, specifiersOf } from "./packages.js";

/** It needs a module that only the Workers runtime has. */
const IN_WORKERD = "@prefreeze/cloudflare-workers/aggregator";
const specifiers = manifests.flatMap(specifiersOf).filter((each) => each !== IN_WORKERD);
let consumer: Consumer;

beforeAll(async () => {
  consumer = await createConsumer();
});

afterAll(async () => {
  await consumer.remove();
});

describe("a tarball holds the build of its sources, and nothing else", () => {
  test.each(packageFolders.map((folder) => [basename(folder), folder] as const))(
    "%s",
    (_, folder) => {
      const { name } = readManifest(folder);
      const packed = consumer.packages.find((each) => each.name === name);
      expect([...(packed?.files ?? [])].sort()).toEqual(filesToPublish(folder));
    },
  );
});

describe("every entry can be loaded", () => {
  const importAll = `
    const names = {};
    for (const entry of ${JSON.stringify(specifiers)}) names[entry] = Object.keys(await import(entry)).sort();
    console.log(JSON.stringify(names));`;
  const requireAll = `
    const names = {};
    for (const entry of ${JSON.stringify(specifiers)}) names[entry] = Object.keys(require(entry)).sort();
    console.log(JSON.stringify(names));`;
  // AWS starts nodejs20.x and nodejs22.x with it.
  const withoutRequireOfModules = "--no-experimental-require-module";
  const flags = process.allowedNodeEnvironmentFlags.has(withoutRequireOfModules)
    ? [[], [withoutRequireOfModules]]
    : [[]];

  test.each(flags.map((each) => [`node ${each.join(" ")}`.trim(), each] as const))(
    "by import and by require, with the same names: %s",
    async (_, nodeFlags) => {
      await consumer.write({ "load.mjs": importAll, "load.cjs": requireAll });
      const imported = JSON.parse(await consumer.node(...nodeFlags, "load.mjs")) as object;
      const required = JSON.parse(await consumer.node(...nodeFlags, "load.cjs")) as object;
      expect(required).toEqual(imported);
      expect(imported).toMatchObject({
        "@prefreeze/core": expect.arrayContaining(["counter", "gauge", "histogram", "recorded"]),
        "@prefreeze/core/aggregate": expect.arrayContaining(["createAggregate", "groupPath"]),
        "@prefreeze/core/adapter": expect.arrayContaining(["endLife", "instanceOn", "wrap"]),
        "@prefreeze/node": expect.arrayContaining(["httpTransport"]),
        "@prefreeze/node/undici": ["undiciTransport"],
        "@prefreeze/aws-lambda": expect.arrayContaining(["counter", "instrument"]),
        "@prefreeze/aws-lambda/middy": ["prefreeze"],
        "@prefreeze/cloudflare-workers": expect.arrayContaining(["counter", "instrument"]),
        "@prefreeze/vercel": expect.arrayContaining(["counter", "instrument"]),
        "@prefreeze/gateway": expect.arrayContaining(["startGateway"]),
      });
    },
  );

  test("of what functions import, also where Jest simulates a browser, without the web APIs that it lacks", async () => {
    const imported = specifiers.filter(
      (each) => !/^prefreeze|\/(aggregate|aggregator|gateway|undici)$/.test(each),
    );
    expect(imported).toContain("@prefreeze/core/protobuf");
    await consumer.write({
      "jsdom.cjs": `
        const missing = ["fetch", "Response", "ReadableStream", "TextEncoder", "TextDecoder", "setImmediate"];
        for (const name of missing) delete globalThis[name];
        for (const entry of ${JSON.stringify(imported)}) require(entry);`,
    });
    expect(await consumer.node("jsdom.cjs")).toBe("");
  });

  test("both formats in one process share their metrics", async () => {
    await consumer.write({
      "both.mjs": `
        import { createRequire } from "node:module";
        import { recorded } from "@prefreeze/core";
        const { counter } = createRequire(import.meta.url)("@prefreeze/core");
        const orders = counter({ name: "orders_total", help: "Orders accepted." });
        const record = await recorded(() => orders.inc(2));
        console.log(record.value("orders_total"));`,
    });
    expect(await consumer.node("both.mjs")).toBe("2\n");
  });
});

describe("the command line", () => {
  test("npx prefreeze aggregate --help works in a project that has installed it", async () => {
    const { stdout } = await promisify(execFile)(
      "npx",
      ["--no-install", "prefreeze", "aggregate", "--help"],
      { cwd: consumer.folder },
    );
    expect(stdout).toMatch(/^Usage: prefreeze aggregate --state DIR \[options\]\n/);
  });

  test("prefreeze lambda says how to install the AWS SDK, which is not installed with it", async () => {
    const failed = await promisify(execFile)(
      "npx",
      ["--no-install", "prefreeze", "lambda", "status", "--all"],
      { cwd: consumer.folder },
    ).catch((error: unknown) => error as { code: number; stderr: string });
    expect(failed).toMatchObject({
      code: 2,
      stderr:
        "prefreeze: prefreeze lambda needs the AWS SDK: npm install @aws-sdk/client-lambda, or npx -p prefreeze -p @aws-sdk/client-lambda prefreeze lambda …\n",
    });
  });
});

describe("prefreeze dev lambda, in a project that has installed prefreeze,", () => {
  const run = (): Promise<{ readonly stdout: string; readonly stderr: string }> =>
    promisify(execFile)("npx", ["--no-install", "prefreeze", "dev", "lambda", "greet.handler"], {
      cwd: consumer.folder,
    });

  test("says what else to install", async () => {
    await consumer.write({ "greet.mjs": "export const handler = async () => 'hello';" });
    await expect(run()).rejects.toMatchObject({
      code: 2,
      stderr:
        "prefreeze: dev lambda needs aws-lambda-ric and esbuild: npm install --save-dev --ignore-scripts aws-lambda-ric esbuild\n",
    });
  });

  test("runs a handler with them", async () => {
    const names = ["aws-lambda-ric", "esbuild"];
    const places = names.map((name) => join(consumer.folder, "node_modules", name));
    for (const [index, place] of places.entries()) {
      await symlink(join(root, "node_modules", names[index]!), place, "dir");
    }
    try {
      const { stdout } = await run();
      expect(stdout).toMatch(/^#1 {4}ok .* "hello"\n/);
    } finally {
      for (const place of places) await rm(place);
    }
  });
});

describe("the types hold", () => {
  const fixture = (name: string): string =>
    readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)), "utf8");
  const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2023"];
  const bundler = ["--module", "esnext", "--moduleResolution", "bundler"];
  const cases = [
    ["an ES module with --module node16", "mts", ["--module", "node16"]],
    ["CommonJS with --module node16", "cts", ["--module", "node16"]],
    ["a bundler's --moduleResolution bundler", "ts", bundler],
  ] as const;

  test.each(cases)("in %s", async (_, extension, options) => {
    const file = `consumer.${extension}`;
    await consumer.write({ [file]: fixture("consumer.ts") });
    // No types of Node, and none of the declarations skipped.
    await expectToCompile(file, [...strict, ...options, "--lib", "es2023,dom", "--types", ""]);
  });

  test.each(cases)("with the types of Node, in %s", async (_, extension, options) => {
    const file = `node-consumer.${extension}`;
    await consumer.write({ [file]: fixture("node-consumer.ts") });
    await expectToCompile(file, [...strict, ...options, "--lib", "es2023", "--types", "node"]);
  });

  async function expectToCompile(file: string, options: readonly string[]): Promise<void> {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    // The compiler says what is wrong on stdout.
    const wrong = await consumer
      .node(tsc, file, ...options)
      .catch(({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr);
    expect(wrong).toBe("");
  }
});

describe("a bundle leaves out unused modules", () => {
  test("of a file with one counter", async () => {
    const bundled = await modulesIn(`
      import { counter } from "@prefreeze/core";
      export const orders = counter({ name: "orders_total", help: "Orders accepted." });`);
    expect(bundled).toContain("core/metrics/counter.js");
    expectNone(bundled, [
      "core/metrics/gauge.js",
      "core/metrics/histogram.js",
      "core/instrument/record-for-test.js",
      "core/invocation/on-invocation.js",
      "core/instance/explain.js",
      "core/flush/flusher.js",
    ]);
  });

  test("of a file with one counter that comes from an adapter", async () => {
    const bundled = await modulesIn(`
      import { counter } from "@prefreeze/aws-lambda";
      export const orders = counter({ name: "orders_total", help: "Orders accepted." });`);
    expect(bundled.filter((path) => !path.startsWith("core/"))).toEqual([]);
    expectNone(bundled, ["core/target/pushgateway.js"]);
  });

  test("of a Lambda function", async () => {
    const bundled = await modulesIn(`
      import { counter, instrument } from "@prefreeze/aws-lambda";
      const orders = counter({ name: "orders_total", help: "Orders accepted." });
      export const handler = instrument(async () => orders.inc());`);
    expect(bundled).toEqual(
      expect.arrayContaining(["aws-lambda/instrument.js", "core/flush/flusher.js"]),
    );
    expectNone(bundled, [
      "core/instrument/record-for-test.js",
      "core/instrument/observe-for-test.js",
      "core/invocation/on-invocation.js",
      "core/aggregate/aggregate.js",
      "core/target/parse-grouping-key.js",
      "node/transport/undici.js",
    ]);
  });

  test("and keeps used ones", async () => {
    const bundled = await modulesIn(`
      import { onInvocation, recorded } from "@prefreeze/core";
      export { onInvocation, recorded };`);
    expect(bundled).toEqual(
      expect.arrayContaining([
        "core/instrument/record-for-test.js",
        "core/invocation/on-invocation.js",
      ]),
    );
  });

  /** None of these modules is bundled, and each of them exists. */
  function expectNone(bundled: readonly string[], modules: readonly string[]): void {
    for (const module of modules) {
      const source = module.replace("/", "/src/").replace(/js$/, "ts");
      expect(existsSync(new URL(`../../packages/${source}`, import.meta.url)), module).toBe(true);
      expect(bundled).not.toContain(module);
    }
  }

  /** The modules of our packages that leave code in the bundle: `core/metrics/counter.js`. */
  async function modulesIn(source: string): Promise<string[]> {
    const { metafile } = await build({
      stdin: { contents: source, resolveDir: consumer.folder },
      bundle: true,
      platform: "node",
      format: "esm",
      metafile: true,
      write: false,
      absWorkingDir: consumer.folder,
    });
    return Object.values(metafile.outputs)
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([path, { bytesInOutput }]) => path.includes("@prefreeze/") && bytesInOutput > 0)
      .map(([path]) => path.replace(/^.*@prefreeze\//, "").replace("/dist/esm/", "/"));
  }
});

describe("dependencies point one way: adapters, node, core", () => {
  /** No function imports them, so nobody bundles them. */
  const programs = ["@prefreeze/aggregator", "@prefreeze/gateway", "prefreeze"];
  const mayImport: Readonly<Record<string, readonly string[]>> = {
    "@prefreeze/core": [],
    "@prefreeze/aggregator": ["@prefreeze/core", "@prefreeze/node", "lmdb", "node:*"],
    "@prefreeze/gateway": ["node:*"],
    "@prefreeze/node": ["@prefreeze/core", "node:*", "undici"],
    "@prefreeze/aws-lambda": ["@prefreeze/core", "@prefreeze/node", "node:*"],
    "@prefreeze/cloudflare-workers": ["@prefreeze/core", "cloudflare:*"],
    "@prefreeze/vercel": ["@prefreeze/core", "@prefreeze/node", "next", "node:*"],
    prefreeze: [
      "@aws-sdk/client-lambda",
      "@prefreeze/aggregator",
      "@prefreeze/core",
      "@prefreeze/gateway",
      "@streamparser/json",
      "cli-table3",
      "commander",
      "jiti",
      "node:*",
      "picocolors",
      "yaml",
    ],
  };

  /** `prefreeze dev lambda` looks for them beside the user's code, and names them if they are missing. */
  const foundByPath = ["aws-lambda-ric", "esbuild"];

  test("every package has its place", () => {
    expect(manifests.map(({ name }) => name).sort()).toEqual(Object.keys(mayImport).sort());
  });

  test.each(Object.entries(mayImport))("%s", async (name, allowed) => {
    const folder = join(consumer.folder, "node_modules", name);
    const files = readdirSync(join(folder, "dist"), { recursive: true, encoding: "utf8" });
    const imported = new Set<string>();
    for (const path of await importsOf(
      files.filter((file) => file.endsWith(".js")).map((file) => join(folder, "dist", file)),
    )) {
      imported.add(packageOf(path));
    }
    // A bundle that is an ES module cannot `require` Node's modules: they come from `process.getBuiltinModule`.
    expect(imported.has("node:*")).toBe(programs.includes(name));
    for (const file of files.filter((each) => each.endsWith(".d.ts"))) {
      const text = readFileSync(join(folder, "dist", file), "utf8");
      for (const [, path = ""] of text.matchAll(/(?:from|import\() ?"([^".][^"]*)"/g)) {
        imported.add(packageOf(path));
      }
    }
    expect([...imported].sort()).toEqual([...allowed].sort());
    const { dependencies, peerDependencies } = readManifest(folder);
    const needed = Object.keys({ ...dependencies, ...peerDependencies });
    expect(needed.filter((each) => !foundByPath.includes(each)).sort()).toEqual(
      allowed.filter((path) => !path.endsWith(":*")).sort(),
    );
  });

  /** The package that a path belongs to; `node:*` for a builtin module. */
  function packageOf(path: string): string {
    return path.replace(/^(node|cloudflare):.*/, "$1:*").replace(/^(@[^/]+\/[^/]+|next)\/.*/, "$1");
  }

  /** What the files import from elsewhere than beside themselves, by `import`, `import()` or `require`. */
  async function importsOf(files: readonly string[]): Promise<string[]> {
    const { metafile } = await build({
      entryPoints: [...files],
      outdir: join(consumer.folder, "unwritten"),
      bundle: true,
      packages: "external",
      platform: "neutral",
      format: "esm",
      metafile: true,
      write: false,
    });
    return (
      Object.values(metafile.inputs)
        .flatMap(({ imports }) => imports)
        .filter(({ external }) => external === true)
        .map(({ path }) => path)
        // A helper of esbuild's own.
        .filter((path) => path !== "<runtime>")
    );
  }
});
