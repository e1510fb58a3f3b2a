import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { findOrFetch } from "./fetch.mjs";
import { find } from "./find.mjs";
import { parseText, sample } from "./parse.js";
import { startRealGateway } from "./real.js";

const FETCH_TIMEOUT_MS = 120_000;

describe("finding the real gateway", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test("PUSHGATEWAY_BIN goes first, and must be a program", async () => {
    vi.stubEnv("PUSHGATEWAY_BIN", process.execPath);
    expect(find()).toBe(process.execPath);
    vi.stubEnv("PUSHGATEWAY_BIN", "/nowhere/pushgateway");
    expect(() => find()).toThrow(
      "PUSHGATEWAY_BIN=/nowhere/pushgateway is not a program that can be run",
    );
    await expect(findOrFetch()).rejects.toThrow("Pushgateway 1.5 or newer");
  });

  test("once fetched it is found at once", { timeout: FETCH_TIMEOUT_MS }, async () => {
    const path = await findOrFetch();
    expect(find()).toBe(path);
    expect(await findOrFetch()).toBe(path);
  });
});

describe("the real gateway", { timeout: FETCH_TIMEOUT_MS }, () => {
  test("takes a push, shows it, and forgets it when wiped", async () => {
    await using gateway = await startRealGateway();
    const { status } = await fetch(`${gateway.url}/metrics/job/a`, {
      method: "PUT",
      body: "x 1\n",
    });
    expect(status).toBe(200);
    expect(sample(parseText(await gateway.metrics()), "x", { job: "a" })).toBe(1);
    await gateway.wipe();
    expect(sample(parseText(await gateway.metrics()), "x")).toBeUndefined();
  });

  test("ends when it is stopped, and keeps what it persisted", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pushgateway-"));
    const persistenceFile = join(folder, "groups");
    try {
      const first = await startRealGateway({ persistenceFile, flags: ["--log.level=warn"] });
      await fetch(`${first.url}/metrics/job/a`, { method: "PUT", body: "x 1\n" });
      await first.stop();
      await first.stop();
      expect(() => process.kill(first.processId, 0)).toThrow("ESRCH");
      await using second = await startRealGateway({ persistenceFile });
      expect(sample(parseText(await second.metrics()), "x")).toBe(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("that does not start says what it printed", async () => {
    await expect(startRealGateway({ flags: ["--no-such-flag"] })).rejects.toThrow(
      "unknown long flag '--no-such-flag'",
    );
  });

  test("many at once each have a port of their own", async () => {
    const gateways = await Promise.all(
      Array.from({ length: 5 }, async () => await startRealGateway()),
    );
    expect(new Set(gateways.map(({ url }) => url)).size).toBe(5);
    await Promise.all(gateways.map(async ({ stop }) => await stop()));
  });
});

describe("parseText", () => {
  test("reads families, labels, escapes and numbers", () => {
    const families = parseText(`# HELP h Back\\\\slash\\nline "quoted".
# TYPE h histogram
h_bucket{a="\\"\\\\\\n",le="+Inf"} 1e+06
h_sum{a="é,}"} NaN
h_count{} 0
# TYPE x untyped
x -Inf
`);
    expect(families).toEqual([
      {
        name: "h",
        type: "histogram",
        help: 'Back\\slash\nline "quoted".',
        samples: [
          { name: "h_bucket", labels: { a: '"\\\n', le: "+Inf" }, value: 1_000_000 },
          { name: "h_sum", labels: { a: "é,}" }, value: NaN },
          { name: "h_count", labels: {}, value: 0 },
        ],
      },
      {
        name: "x",
        type: "untyped",
        help: undefined,
        samples: [{ name: "x", labels: {}, value: -Infinity }],
      },
    ]);
  });

  test.each([
    ["# TYPE x gauge\nx 1", "line feed"],
    ["x 1\n", "sample without its TYPE"],
    ["# TYPE x gauge\ny 1\n", "another family"],
    ["# TYPE x gauge\nx_count 1\n", "another family"],
    ["# TYPE x gauge\n# TYPE x gauge\n", "second TYPE"],
    ["# TYPE x \nx 1\n", "unknown type"],
    ["# HELP x a\n# TYPE y gauge\ny 1\n", "after the HELP of x"],
    ["# HELP x a\n", "without TYPE"],
    ["# HELP x \\q\n# TYPE x gauge\n", "bad escape"],
    ['# TYPE x gauge\nx{a="b",a="c"} 1\n', "label a twice"],
    ['# TYPE x gauge\nx{a="b",} 1\n', "comma"],
    ['# TYPE x gauge\nx{a="\\t"} 1\n', "bad label"],
    ['# TYPE x gauge\nx{a="b"c="d"} 1\n', "bad label"],
    ["# TYPE x gauge\nx 1e6\n", "not a number"],
    ["# TYPE x gauge\nx Infinity\n", "not a number"],
    ["# TYPE x gauge\nx 1 1700000000000\n", "not a sample"],
    ["# TYPE x gauge\n\n", "not a sample"],
    ["# EOF\n", "not a HELP or TYPE"],
  ])("refuses %j", (text, message) => {
    expect(() => parseText(text)).toThrow(message);
  });

  test("sample sums what matches", () => {
    const families = parseText(
      '# TYPE x gauge\nx{a="1",b="1"} 1\nx{a="1",b="2"} 2\nx{a="2",b="1"} 4\n',
    );
    expect(sample(families, "x")).toBe(7);
    expect(sample(families, "x", { a: "1" })).toBe(3);
    expect(sample(families, "x", { a: "3" })).toBeUndefined();
    expect(sample(families, "y")).toBeUndefined();
  });
});
