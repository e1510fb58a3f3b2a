import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { install } from "../../examples/demo/install.mjs";
import { findOrFetch } from "../pushgateway/fetch.mjs";
import { example } from "./examples.js";

const prometheus = await findOrFetch("prometheus");

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Starts the demo as a shell does, in its own process group. */
function startDemo(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [example("demo/demo.mjs"), ...args], {
    env: { ...process.env, PROMETHEUS_BIN: prometheus, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const group = child.pid!;
  cleanups.push(() => groupIsAlive(group) && process.kill(-group, "SIGKILL"));
  const printed = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed.stderr += text));
  const ended = once(child, "close").then(([exitCode]) => exitCode as number | null);
  return {
    ended,
    printed,
    /** Waits for something to appear on stdout. */
    printing: (text: string | RegExp) =>
      vi.waitFor(() => expect(printed.stdout).toMatch(text), 60_000),
    interrupt: () => child.kill("SIGINT"),
    /** Waits until no process that the demo started is left. */
    nothingLeft: () => vi.waitFor(() => expect(groupIsAlive(group)).toBe(false), 5_000),
  };
}

/** Whether a process of the group is left. */
function groupIsAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "demo-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  return folder;
}

describe("npm run demo", { timeout: 150_000 }, () => {
  test("shows the callers' numbers beside the gateway's and Prometheus', and keeps the gateway open until Ctrl-C", async () => {
    const demo = startDemo(["workers", "--embedded", "--keep"]);
    await demo.printing("until Ctrl-C");
    const { stdout } = demo.printed;
    expect(stdout).toMatch(/✓ the embedded gateway, at http:\/\/127\.0\.0\.1:\d+ /);
    // Its aggregator is a Durable Object.
    expect(stdout).not.toContain("prefreeze aggregate");
    expect(stdout).toMatch(/✓ the real Prometheus \d+\.\d+\.\d+, /);
    expect(stdout).toMatch(
      /✓ Cloudflare Workers in workerd: 2 isolates, \d+ calls of handlers and objects, 2 of them failed/,
    );
    const rows = [...stdout.matchAll(/^ {4}(\S.*?\S) +(\d+) +(\d+) +(\d+) {2}✓$/gm)].map((row) =>
      row.slice(1),
    );
    expect(rows).toEqual([
      ["succeeded", ...Array<string>(3).fill(expect.stringMatching(/^4\d$/))],
      ["failed", "2", "2", "2"],
      ["cold starts", "2", "2", "2"],
      ["orders, plan pro", "18", "18", "18"],
      ["orders, plan free", "13", "13", "13"],
      ["charges timed", "33", "33", "33"],
    ]);
    expect(stdout).toContain("Every number is exact");
    expect(stdout).toContain("plain sum(increase(x[5m])) in Prometheus shows it");
    expect(stdout).toContain("2 instances pushed. The gateway holds 1 group:");
    expect(stdout).not.toMatch(/✗|\u001B/);

    const [, url] =
      /The gateway stays open at (http:\/\/127\.0\.0\.1:\d+) until Ctrl-C/.exec(stdout) ?? [];
    const scrape = await (await fetch(`${url}/metrics`)).text();
    expect(scrape).toMatch(/^orders_total\{.*job="example-cloudflare-workers".*\} \d+$/m);
    demo.interrupt();
    expect(await demo.ended).toBe(0);
    expect(demo.printed.stderr).toBe("");
    await demo.nothingLeft();
  });

  test("runs servers behind a balancer and a job", async () => {
    const demo = startDemo(["node", "--embedded"]);
    expect(await demo.ended).toBe(0);
    const { stdout, stderr } = demo.printed;
    expect(stderr).toBe("");
    expect(stdout).toContain("26 requests, 2 of them failed; the job has succeeded");
    const rows = [...stdout.matchAll(/^ {4}(\S.*?\S) +(\d+) +(\d+) +(\d+) {2}✓$/gm)].map((row) =>
      row.slice(1, 3),
    );
    // A server has no cold starts.
    expect(rows).toEqual([
      ["succeeded", "24"],
      ["failed", "2"],
      ["orders, plan pro", "17"],
      ["orders, plan free", "10"],
      ["charges timed", "29"],
    ]);
    expect(stdout).toContain("3 instances pushed. The gateway holds 1 group:");
    await demo.nothingLeft();
  });

  test("fails if the gateway's numbers are wrong, and says which", async () => {
    const program = join(await temporaryFolder(), "forgetful-pushgateway");
    await writeFile(program, forgetfulPushgateway);
    await chmod(program, 0o755);
    const demo = startDemo(["lambda"], { PUSHGATEWAY_BIN: program });
    expect(await demo.ended).toBe(1);
    expect(demo.printed.stdout).toContain(`the real Pushgateway, ${program}`);
    expect(demo.printed.stdout).toMatch(/^ {4}succeeded +10 +0 +0 {2}✗$/m);
    expect(demo.printed.stdout).toContain("Some numbers differ");
    expect(demo.printed.stdout).not.toContain("exact");
    await demo.nothingLeft();
  });

  test("leaves no process behind when it is interrupted", async () => {
    const demo = startDemo([]);
    await demo.printing("✓ AWS Lambda");
    demo.interrupt();
    expect(await demo.ended).toBe(130);
    await demo.nothingLeft();
  });

  test("reports that its port is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const demo = startDemo(["workers", "--port", String(port)]);
    expect(await demo.ended).toBe(1);
    expect(demo.printed.stderr).toContain(`cannot use port ${port} of 127.0.0.1`);
    expect(demo.printed.stderr).toContain("or choose another one with --port");
    expect(demo.printed.stdout).toBe("");
  });

  test.each([
    {
      args: ["azure"],
      message: 'Unknown platform "azure". Choose from lambda, workers, vercel, node.',
    },
    { args: ["--port", "http"], message: "--port must be a number from 1 to 65535, not http." },
    { args: ["--keeps"], message: "'--keeps'" },
  ])(
    "rejects $args with a message and the usage, and does nothing else",
    async ({ args, message }) => {
      const demo = startDemo(args);
      expect(await demo.ended).toBe(1);
      expect(demo.printed.stdout).toBe("");
      expect(demo.printed.stderr).toContain(message);
      expect(demo.printed.stderr).toContain("npm run demo -- [lambda|workers|vercel|node]");
    },
  );

  test("reports that Node is too old", async () => {
    const pretend =
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } })';
    const demo = startDemo(["workers"], {
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(pretend)}`,
    });
    expect(await demo.ended).toBe(1);
    expect(demo.printed).toEqual({
      stdout: "",
      stderr: "The demo needs Node 20.19 or newer; this is Node 18.20.4.\n",
    });
  });

  test("shows npm's error if the dependencies cannot be installed", async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, "package.json"), '{ "dependencies": { "gone": "file:gone" } }');
    const lock = {
      lockfileVersion: 3,
      packages: { "": {}, "node_modules/other": { version: "1.0.0" } },
    };
    await writeFile(join(root, "package-lock.json"), JSON.stringify(lock));
    await expect(install(root)).rejects.toThrow(
      /^Installing the dependencies failed[^]*npm error code EUSAGE[^]*Missing: gone[^]*try again/,
    );
  });
});

/** A gateway that accepts every push and keeps nothing. */
const forgetfulPushgateway = `#!${process.execPath}
const address = process.argv.find((word) => word.startsWith("--web.listen-address=")).split("=")[1];
const server = require("node:http").createServer((request, response) => request.resume().on("end", () => response.end()));
server.listen(Number(address.split(":")[1]), "127.0.0.1", () => console.log("Listening on", address));
process.on("SIGTERM", () => process.exit());
`;
