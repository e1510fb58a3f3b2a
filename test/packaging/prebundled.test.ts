import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Consumer, createConsumer } from "./consumer.js";
import { entriesOf, manifests } from "./packages.js";

const entries = manifests
  .flatMap(entriesOf)
  .filter(({ imported }) => imported.startsWith("dist/node/"));
const inPackage = (specifier: string): string => specifier.split("/").slice(0, 2).join("/");
let consumer: Consumer;

beforeAll(async () => {
  consumer = await createConsumer();
  await consumer.write({
    "tell-loaded.mjs": `
      import { writeSync } from "node:fs";
      export function load(url, context, next) {
        writeSync(1, url + "\\n");
        return next(url, context);
      }`,
    "listen.mjs": `
      import { register } from "node:module";
      register("./tell-loaded.mjs", import.meta.url);`,
    "pushes.mjs": GATEWAY,
  });
});

afterAll(async () => {
  await consumer.remove();
});

test("everything that functions import is bundled for Node.js", () => {
  expect(entries.map(({ specifier }) => specifier)).toEqual(
    expect.arrayContaining([
      "@prefreeze/aws-lambda",
      "@prefreeze/aws-lambda/register",
      "@prefreeze/core",
      "@prefreeze/core/adapter",
      "@prefreeze/node",
      "@prefreeze/vercel",
    ]),
  );
});

describe.each(entries)("$specifier", ({ specifier, module, imported, required }) => {
  const folder = `node_modules/${inPackage(specifier)}`;

  test("is one file that Node.js imports", async () => {
    await consumer.write({ "loads.mjs": `import ${JSON.stringify(specifier)};` });
    const loaded = await consumer.node("--import", "./listen.mjs", "loads.mjs");
    expect(ourFiles(loaded.split("\n"))).toEqual([`${folder}/${imported}`]);
  });

  test("is one file that Node.js requires", async () => {
    await consumer.write({
      "loads.cjs": `
        require(${JSON.stringify(specifier)});
        console.log(Object.keys(require.cache).join("\\n"));`,
    });
    const loaded = await consumer.node("loads.cjs");
    expect(ourFiles(loaded.split("\n"))).toEqual([`${folder}/${required}`]);
  });

  test("has the names of its modules", async () => {
    await consumer.write({
      "names.mjs": `
        import { createRequire } from "node:module";
        const all = [
          await import("./${folder}/dist/esm/${module}.js"),
          await import("${specifier}"),
          createRequire(import.meta.url)("${specifier}"),
          await import("./passes-on.cjs"),
        ];
        console.log(JSON.stringify(all.map((each) => Object.keys(each).sort())));`,
      "passes-on.cjs": `module.exports = require("${specifier}");`,
    });
    const [modules, byImport, byRequire, passedOn] = JSON.parse(
      await consumer.node("names.mjs"),
    ) as string[][];
    expect(byImport).toEqual(modules);
    expect(byRequire).toEqual(modules);
    // Node.js reads the names of CommonJS without running it.
    expect(passedOn).toEqual(expect.arrayContaining(modules!));
  });

  /** The files of our packages, as paths in the project. */
  function ourFiles(loaded: readonly string[]): string[] {
    return loaded
      .filter((path) => path.includes("/node_modules/@prefreeze/"))
      .map((path) => path.slice(path.indexOf("node_modules/@prefreeze/")));
  }
});

describe("what one file counts, another one pushes:", () => {
  test.each([
    [
      "the counter is core's, the handler that of the adapter",
      `import { counter } from "@prefreeze/core";
       import { instrument } from "@prefreeze/aws-lambda";`,
    ],
    [
      "the counter is imported, the handler required",
      `import { counter } from "@prefreeze/aws-lambda";
       const { instrument } = require("@prefreeze/aws-lambda");`,
    ],
    [
      "the counter is required, the handler imported",
      `import { instrument } from "@prefreeze/aws-lambda";
       const { counter } = require("@prefreeze/core");`,
    ],
    [
      "the counter is in a bundle, the handler is not",
      `import { counter } from "./bundle.mjs";
       import { instrument } from "@prefreeze/aws-lambda";`,
    ],
    [
      "the handler is in a bundle, the counter is not",
      `import { counter } from "@prefreeze/aws-lambda";
       import { instrument } from "./bundle.mjs";`,
    ],
    [
      "the handler has a middleware",
      `import { counter } from "@prefreeze/aws-lambda";
       import { prefreeze } from "@prefreeze/aws-lambda/middy";
       const instrument = (handler) => async (event, context) => {
         const hooks = prefreeze();
         const request = { event, context };
         hooks.before(request);
         request.response = await handler(event);
         await hooks.after(request);
       };`,
    ],
    [
      "the transport is that of undici",
      `import { counter } from "@prefreeze/core";
       import { instrument as wrap } from "@prefreeze/aws-lambda";
       import { undiciTransport } from "@prefreeze/node/undici";
       const instrument = (handler) => wrap(handler, { transport: undiciTransport() });`,
    ],
  ])("%s", async (_, imports) => {
    await bundleOfItsOwn();
    const [body] = await pushesOf(imports);
    expect(body).toContain("\norders_total 1\n");
    expect(body).toMatch(/\nfaas_invocations_total\{.*\} 1\n/);
  });

  test("in the protobuf format, which a file of its own writes", async () => {
    const [body] = await pushesOf(`
      import { counter, instrument as wrap } from "@prefreeze/aws-lambda";
      import { protobuf } from "@prefreeze/core/protobuf";
      const instrument = (handler) => wrap(handler, { format: protobuf });`);
    expect(body).toContain("\u000Corders_total");
  });

  test.each([
    ["takes no further properties", "Object.preventExtensions(globalThis)"],
    [
      "has something else under our key",
      `Object.defineProperty(globalThis, Symbol.for("prefreeze/3"), { value: Object.freeze({}) })`,
    ],
  ])("although the global object %s", async (_, spoil) => {
    await consumer.write({ "spoil.mjs": spoil });
    const [body] = await pushesOf(`
      import "./spoil.mjs";
      import { counter } from "@prefreeze/core";
      import { instrument } from "@prefreeze/aws-lambda";`);
    expect(body).toContain("\norders_total 1\n");
  });

  test("recorded() of core has what the adapter's handler counts", async () => {
    await consumer.write({
      "recorded.mjs": `
        import { recorded } from "@prefreeze/core";
        import { counter, instrument } from "@prefreeze/aws-lambda";
        const orders = counter({ name: "orders_total", help: "Orders accepted." });
        const handler = instrument(async () => orders.inc(), { disabled: true });
        const record = await recorded(() => handler({}, { awsRequestId: "a" }));
        console.log(record.trigger, record.outcome, record.value("orders_total"));`,
    });
    expect(await consumer.node("recorded.mjs")).toBe("other succeeded 1\n");
  });

  test("explain() of Vercel's adapter tells what the one for Next.js has seen of the newest request", async () => {
    await consumer.write({
      "explained.mjs": `
        import { explain, instrument } from "@prefreeze/vercel";
        import { instrument as instrumentRoute } from "@prefreeze/vercel/next";
        process.env.VERCEL = "1";
        process.env.PUSHGATEWAY_URL = "http://127.0.0.1:1";
        instrument(() => new Response());
        const GET = instrumentRoute(() => new Response());
        const mode = () => JSON.parse(explain()).mode;
        const modes = [mode()];
        await GET(new Request("http://shop.test/"), { waitUntil() {} });
        console.log([...modes, mode()].join("\\n"));
        process.exit();`,
    });
    expect(await consumer.node("explained.mjs")).toBe(
      "flush before the response\nflush in waitUntil\n",
    );
  });

  /** A bundle as a function's own: of the modules, with names to itself. */
  async function bundleOfItsOwn(): Promise<void> {
    await build({
      stdin: {
        contents: `export { counter, instrument } from "@prefreeze/aws-lambda";`,
        resolveDir: consumer.folder,
      },
      outfile: join(consumer.folder, "bundle.mjs"),
      bundle: true,
      minify: true,
      platform: "node",
      format: "esm",
    });
  }

  /** The bodies of the pushes that a function with these imports makes in its first invocation. */
  async function pushesOf(imports: string): Promise<readonly string[]> {
    await consumer.write({
      "function.mjs": `
        import { createRequire } from "node:module";
        import { bodies, close } from "./pushes.mjs";
        const require = createRequire(import.meta.url);
        ${imports}
        const orders = counter({ name: "orders_total", help: "Orders accepted." });
        const handler = instrument(async () => orders.inc());
        await handler({}, { awsRequestId: "a", getRemainingTimeInMillis: () => 3_000 });
        close();
        process.stdout.write(JSON.stringify(bodies), () => process.exit());`,
    });
    return JSON.parse(await consumer.node("function.mjs")) as string[];
  }
});

describe("bundlers get the modules, of which they leave out what is not used:", () => {
  const platforms = ["workerd", "worker", "edge-light", "browser"];
  const handler = `import "@prefreeze/aws-lambda"; import "@prefreeze/vercel"; import "@prefreeze/core/adapter";`;

  test.each([
    ["by their own condition", "node", undefined, handler],
    [
      "for a function that is CommonJS",
      "node",
      undefined,
      handler.replace(/import (".*?")/g, "require($1)"),
    ],
    [
      "of the registration that CommonJS can have",
      "node",
      undefined,
      `require("@prefreeze/aws-lambda/register")`,
    ],
    ...platforms.map(
      (each) =>
        [
          `for the platform ${each}`,
          "neutral",
          [each],
          `import "@prefreeze/vercel"; import "@prefreeze/core";`,
        ] as const,
    ),
  ] as const)("%s", async (_, platform, conditions, contents) => {
    const { metafile } = await build({
      stdin: { contents, resolveDir: consumer.folder },
      absWorkingDir: consumer.folder,
      bundle: true,
      platform,
      ...(conditions && { conditions: [...conditions] }),
      external: ["node:*"],
      ignoreAnnotations: true,
      metafile: true,
      write: false,
    });
    const paths = Object.keys(metafile.inputs).filter((path) => path.includes("@prefreeze/"));
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => !path.includes("/dist/esm/"))).toEqual([]);
  });
});

test.each(["edge-light", "workerd", "worker", "browser"])(
  "CommonJS is required under the condition %s, which test runners set",
  async (condition) => {
    await consumer.write({
      "under.cjs": `
        const { counter } = require("@prefreeze/core");
        const { instrument } = require("@prefreeze/vercel");
        const { httpTransport } = require("@prefreeze/node");
        console.log(...[counter, instrument, httpTransport].map((each) => typeof each));`,
    });
    const printed = await consumer.node(
      `--conditions=${condition}`,
      "--no-experimental-require-module",
      "under.cjs",
    );
    expect(printed).toBe("function function function\n");
  },
);

/** A gateway in the process of a function that believes to be on Lambda. */
const GATEWAY = `
  import { createServer } from "node:http";
  import { once } from "node:events";
  export const bodies = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("latin1").on("data", (text) => (body += text)).on("end", () => {
      bodies.push("\\n" + body);
      response.end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  export const close = () => server.close();
  Object.assign(process.env, {
    AWS_LAMBDA_FUNCTION_NAME: "shop",
    AWS_LAMBDA_RUNTIME_API: "127.0.0.1:1",
    AWS_LAMBDA_LOG_STREAM_NAME: "2026/01/01/[$LATEST]" + process.pid,
    PUSHGATEWAY_URL: "http://127.0.0.1:" + server.address().port,
    PREFREEZE_ACTIVE: "1",
  });
`;
