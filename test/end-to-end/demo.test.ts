import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { install } from "../../examples/demo/install.mjs";
import { example } from "./examples.js";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Starts the demo as a shell does, in its own process group. */
function startDemo(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [example("demo/demo.mjs"), ...words], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const group = child.pid!;
  cleanups.push(() => groupLives(group) && process.kill(-group, "SIGKILL"));
  const printed = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed.stderr += text));
  const ended = once(child, "close").then(([exitCode]) => exitCode as number | null);
  return {
    ended,
    printed,
    /** Waits for something to appear on stdout. */
    printing: (text: string | RegExp) =>
      vi.waitFor(() => expect(printed.stdout).toMatch(text), 25_000),
    interrupt: () => child.kill("SIGINT"),
    /** Waits until no process that the demo started is left. */
    nothingLeft: () => vi.waitFor(() => expect(groupLives(group)).toBe(false), 5_000),
  };
}

/** Whether any process of a group is left. */
function groupLives(group: number): boolean {
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

describe("npm run demo", { timeout: 40_000 }, () => {
  test("shows the calls beside the gateway's numbers, and keeps the gateway open until Ctrl-C", async () => {
    const demo = startDemo(["workers", "--embedded", "--keep"]);
    await demo.printing("until Ctrl-C");
    const { stdout } = demo.printed;
    expect(stdout).toMatch(/✓ the embedded gateway, at http:\/\/127\.0\.0\.1:\d+ /);
    expect(stdout).toMatch(
      /✓ Cloudflare Workers in workerd: 2 isolates, 28 calls, 2 of them failed/,
    );
    const rows = [...stdout.matchAll(/^ {4}(\S.*?\S) +(\d+) +(\d+) {2}✓$/gm)].map((row) =>
      row.slice(1),
    );
    expect(rows).toEqual([
      ["succeeded", "26", "26"],
      ["failed", "2", "2"],
      ["cold starts", "2", "2"],
      ["orders, plan pro", "12", "12"],
      ["orders, plan free", "13", "13"],
      ["charges timed", "27", "27"],
    ]);
    expect(stdout).toContain("Every number is exact");
    expect(stdout).not.toMatch(/✗|\u001B/);

    const [, url] = /Look at (http:\/\/127\.0\.0\.1:\d+): it stays open/.exec(stdout) ?? [];
    const scrape = await (await fetch(`${url}/metrics`)).text();
    expect(scrape).toMatch(/^orders_total\{.*job="example-cloudflare-workers".*\} \d+$/m);
    demo.interrupt();
    expect(await demo.ended).toBe(0);
    expect(demo.printed.stderr).toBe("");
    await demo.nothingLeft();
  });

  test("fails if the gateway's numbers are wrong, and says which", async () => {
    const program = join(await temporaryFolder(), "forgetful-pushgateway");
    await writeFile(program, forgetfulPushgateway);
    await chmod(program, 0o755);
    const demo = startDemo(["lambda"], { PUSHGATEWAY_BIN: program });
    expect(await demo.ended).toBe(1);
    expect(demo.printed.stdout).toContain(`the real Pushgateway, ${program}`);
    expect(demo.printed.stdout).toMatch(/^ {4}succeeded +10 +0 {2}✗$/m);
    expect(demo.printed.stdout).toContain("Numbers differ");
    expect(demo.printed.stdout).not.toContain("exact");
    await demo.nothingLeft();
  });

  test("leaves nothing behind when it is interrupted in the middle", async () => {
    const demo = startDemo([]);
    await demo.printing("✓ AWS Lambda");
    demo.interrupt();
    expect(await demo.ended).toBe(130);
    await demo.nothingLeft();
  });

  test("says that its port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const demo = startDemo(["workers", "--port", String(port)]);
    expect(await demo.ended).toBe(1);
    expect(demo.printed.stderr).toContain(`Port ${port} of 127.0.0.1 cannot be used`);
    expect(demo.printed.stderr).toContain("choose another with --port");
    expect(demo.printed.stdout).toBe("");
  });

  test.each([
    {
      words: ["azure"],
      message: 'There is no platform "azure"; there are lambda, workers, vercel.',
    },
    { words: ["--port", "http"], message: "--port http is no port from 1 to 65535." },
    { words: ["--keeps"], message: "'--keeps'" },
  ])("explains $words before it does anything", async ({ words, message }) => {
    const demo = startDemo(words);
    expect(await demo.ended).toBe(1);
    expect(demo.printed.stdout).toBe("");
    expect(demo.printed.stderr).toContain(message);
    expect(demo.printed.stderr).toContain("npm run demo -- [lambda|workers|vercel]");
  });

  test("says that Node is too old", async () => {
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

  test("says what npm says when the dependencies cannot be installed", async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, "package.json"), '{ "dependencies": { "gone": "file:gone" } }');
    const lock = {
      lockfileVersion: 3,
      packages: { "": {}, "node_modules/other": { version: "1.0.0" } },
    };
    await writeFile(join(root, "package-lock.json"), JSON.stringify(lock));
    await expect(install(root)).rejects.toThrow(
      /^Installing the dependencies failed[^]*npm error code EUSAGE[^]*Missing: gone[^]*run this again/,
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
