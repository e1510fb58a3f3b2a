import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { foundGateways } from "../../../test/pushgateway/gateways.mjs";
import { agedGateway } from "./groups/aged-gateway.js";
import { fill } from "./groups/push.js";

const gateways = await foundGateways();
const [oldest, newest] = [gateways[0]!, gateways.at(-1)!];
const program = fileURLToPath(new URL("../bin/prefreeze.js", import.meta.url));
/** `resourceUsage()` would count what this process had when it started the other one. */
const printUsage = `data:text/javascript,${encodeURIComponent(
  `import { readFileSync } from "node:fs";
  process.on("exit", () => {
    const [, kilobytes] = /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
    const { user, system } = process.cpuUsage();
    process.stderr.write("peak " + kilobytes + " cpu " + (user + system) + "\\n");
  });`,
)}`;

/** All of it at once takes 72 MB, so a program that collected the groups would end for want of memory. */
const HEAP_MEGABYTES = 48;

interface Measured {
  readonly stdout: string;
  /** By the clock: only told, since a busy machine takes longer. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The most memory that the process had, all of it. Node.js itself takes about 50 MB, and as much for buffers. */
  readonly peakMegabytes: number;
}

/** What only reads has little room; what deletes has as much as it likes, since its CPU time counts. */
async function measure(...words: readonly string[]): Promise<Measured> {
  const limit = words[0] === "prune" ? [] : [`--max-old-space-size=${HEAP_MEGABYTES}`];
  const begun = performance.now();
  return await new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...limit, "--import", printUsage, program, ...words],
      { env: {}, maxBuffer: 64 * 1_024 * 1_024 },
      (error, stdout, stderr) => {
        const [, kilobytes, cpuUs] = /^peak (\d+) cpu (\d+)$/m.exec(stderr) ?? [];
        if (error || cpuUs === undefined) {
          reject(error ?? new Error(stderr));
          return;
        }
        resolve({
          stdout,
          seconds: (performance.now() - begun) / 1_000,
          cpuSeconds: Number(cpuUs) / 1_000_000,
          peakMegabytes: Number(kilobytes) / 1_024,
        });
      },
    );
  });
}

test.each([oldest, newest])(
  "10,000 groups of 45 series, 44 MB of JSON, are read in bounded memory and deleted with little CPU time: Pushgateway $version",
  { timeout: 600_000 },
  async ({ version, path }) => {
    const gateway = await agedGateway(path, (url) => fill(url, 10_000), {}, [
      "--push.disable-consistency-check",
    ]);
    const at = ["--pushgateway", gateway.url];
    const ls = await measure("ls", ...at);
    expect(ls.stdout.trimEnd()).toMatch(/\n50 jobs, 10000 groups, 450000 series$/);
    const show = await measure("show", "job-7", ...at);
    expect(show.stdout).toContain("… and 180 older ones, which --json lists");
    const top = await measure("top", "--count", "1", ...at);
    expect(top.stdout).toContain("job-0 ");
    const guard = await measure("guard", ...at);
    expect(guard.stdout).toContain("work; it holds 10000 groups");
    const prune = await measure("prune", "--no-prometheus", "--delete", ...at);
    expect(prune.stdout.trimEnd().split("\n").slice(-1)).toEqual([
      `10000 of 10000 groups at ${gateway.url} are deleted; 10000 are of functions`,
    ]);
    expect((await measure("ls", ...at)).stdout).toContain("holds no group");

    const figures = { ls, show, top, guard, prune };
    const told = Object.entries(figures).map(
      ([name, { seconds, cpuSeconds, peakMegabytes }]) =>
        `${name} ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU, ${peakMegabytes.toFixed(0)} MB`,
    );
    console.log(`Pushgateway ${version}: ${told.join(", ")}`);
    for (const { cpuSeconds } of Object.values(figures)) expect(cpuSeconds).toBeLessThan(30);
    // The limit of the heap is what shows that memory is bounded. Buffers outside of it are collected late: with Node.js 24,
    // the peak levels off at 245 MB, after two looks as after thirteen.
    for (const { peakMegabytes } of [ls, show, guard, top]) expect(peakMegabytes).toBeLessThan(300);
    expect(prune.peakMegabytes).toBeLessThan(400);
  },
);
