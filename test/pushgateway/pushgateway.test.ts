import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { findOrFetch } from "./fetch.mjs";
import { cacheFolder, find } from "./find.mjs";
import { foundGateways } from "./gateways.mjs";
import { parseText, sample } from "./parse.js";
import { startRealGateway } from "./real.js";

const FETCH_TIMEOUT_MS = 120_000;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("finding the real gateway", () => {
  test("PUSHGATEWAY_BIN goes first, and must be a program", async () => {
    vi.stubEnv("PUSHGATEWAY_BIN", process.execPath);
    expect(find()).toBe(process.execPath);
    vi.stubEnv("PUSHGATEWAY_BIN", "/nowhere/pushgateway");
    expect(() => find()).toThrow("PUSHGATEWAY_BIN=/nowhere/pushgateway is not an executable file");
    await expect(findOrFetch()).rejects.toThrow("Pushgateway 1.5 or newer");
  });

  test("a fetched program is found at once", { timeout: FETCH_TIMEOUT_MS }, async () => {
    const path = await findOrFetch();
    expect(find()).toBe(path);
    expect(await findOrFetch()).toBe(path);
  });

  test("the gateways are listed once for each version, oldest first", async () => {
    const versions = (await foundGateways()).map(({ version }) => version);
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const sorted = [...new Set(versions)].sort((a, b) =>
      a.localeCompare(b, "en", { numeric: true }),
    );
    expect(versions).toEqual(sorted);
  });
});

describe("fetching the gateway of a Debian release", () => {
  const RELEASE = "no-such-release";

  test("takes it from the archives that the machine's apt sources name", async () => {
    const machine = await machineWithApt(`case "$*" in
  *indextargets*)
    echo "main http://archive.example/debian/"
    echo "main http://archive.example/debian/"
    echo "contrib http://other.example/debian/" ;;
  *update*)
    cp "$(sed -n 's/^Dir::Etc::sourcelist "\\(.*\\)";/\\1/p' "$3")" "$(dirname "$0")/sources.list" ;;
  *download*)
    touch prometheus-pushgateway_1.deb ;;
esac`);
    onTestFinished(() => rm(join(cacheFolder, RELEASE), { recursive: true, force: true }));
    const path = await findOrFetch("pushgateway", RELEASE);
    expect(path).toBe(
      join(cacheFolder, RELEASE, "prometheus-pushgateway/usr/bin/prometheus-pushgateway"),
    );
    expect(await readFile(join(machine, "sources.list"), "utf8")).toMatch(
      /^deb (\[signed-by=\S+\] )?http:\/\/archive\.example\/debian\/ no-such-release main\n$/,
    );
    // Neither the PATH nor PUSHGATEWAY_BIN names the program of a release.
    vi.stubEnv("PUSHGATEWAY_BIN", process.execPath);
    expect(find("pushgateway", RELEASE)).toBe(path);
    expect(find("pushgateway", "another-release")).toBeUndefined();
  });

  test("takes promtool from Prometheus' own package if the release has no other", async () => {
    await machineWithApt(`case "$*" in
  *indextargets*) echo "main http://archive.example/debian/" ;;
  *"download promtool"*) echo "E: Unable to locate package promtool" >&2; exit 100 ;;
  *"download prometheus"*) touch prometheus_1.deb ;;
esac`);
    onTestFinished(() => rm(join(cacheFolder, RELEASE), { recursive: true, force: true }));
    expect(await findOrFetch("promtool", RELEASE)).toBe(
      join(cacheFolder, RELEASE, "prometheus/usr/bin/promtool"),
    );
  });

  test("says what to do if the archives do not have the release", async () => {
    await machineWithApt(`case "$*" in
  *indextargets*) echo "main http://archive.example/ubuntu/" ;;
  *) echo "E: The repository does not have a Release file." >&2; exit 100 ;;
esac`);
    await expect(findOrFetch("pushgateway", RELEASE)).rejects.toThrow(
      /^The pushgateway of Debian no-such-release is missing, and fetching the package prometheus-pushgateway failed\. Unpack Debian's prometheus-pushgateway into \S+, or set PUSHGATEWAY_BIN to test another program\.\nE: The repository does not have a Release file\./,
    );
  });

  test("says what to do on a machine without apt", async () => {
    vi.stubEnv("PATH", "");
    await expect(findOrFetch("pushgateway", RELEASE)).rejects.toThrow(
      /^The pushgateway of Debian no-such-release is missing, and this machine has no apt-get and dpkg-deb to fetch it with\. Unpack /,
    );
  });

  /** Puts an `apt-get` and a `dpkg-deb` on the PATH, in the folder that it returns. */
  async function machineWithApt(aptGet: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "apt-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const bin = join(folder, "bin");
    await mkdir(bin);
    const dpkgDeb = `mkdir -p "$3/usr/bin"
for name in prometheus-pushgateway promtool; do cp "$0" "$3/usr/bin/$name"; done`;
    for (const [name, script] of [
      ["apt-get", aptGet],
      ["dpkg-deb", dpkgDeb],
    ] as const) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(bin, name), 0o755);
    }
    vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
    return bin;
  }
});

describe("the real gateway", { timeout: FETCH_TIMEOUT_MS }, () => {
  test("accepts a push, shows it, and forgets it when wiped", async () => {
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

  test("ends when it is stopped, and keeps its persisted groups", async () => {
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

  test("reports what it printed if it does not start", async () => {
    await expect(startRealGateway({ flags: ["--no-such-flag"] })).rejects.toThrow(
      "unknown long flag '--no-such-flag'",
    );
  });

  test("gets a port of its own for each of many at once", async () => {
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

  test("sample() sums the samples that match", () => {
    const families = parseText(
      '# TYPE x gauge\nx{a="1",b="1"} 1\nx{a="1",b="2"} 2\nx{a="2",b="1"} 4\n',
    );
    expect(sample(families, "x")).toBe(7);
    expect(sample(families, "x", { a: "1" })).toBe(3);
    expect(sample(families, "x", { a: "3" })).toBeUndefined();
    expect(sample(families, "y")).toBeUndefined();
  });
});
