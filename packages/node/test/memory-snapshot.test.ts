import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, it, onTestFinished } from "vitest";
import { parseText } from "../../../test/pushgateway/parse.js";
import { startRealGateway } from "../../../test/pushgateway/real.js";

const run = promisify(execFile);

it.each([
  ["nothing", "0"],
  ["25 invocations that were never pushed", "25"],
])(
  "processes that start from one memory snapshot with %s are instances of their own, with what each has recorded",
  async (_, invocationsBefore) => {
    await using gateway = await startRealGateway();
    const directory = mkdtempSync(join(tmpdir(), "prefreeze-snapshot-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const script = join(directory, "script.cjs");
    await build({
      entryPoints: [fileURLToPath(new URL("fixtures/in-snapshot.ts", import.meta.url))],
      outfile: script,
      bundle: true,
      platform: "node",
      format: "cjs",
    });
    const env = { ...process.env, PUSHGATEWAY_URL: gateway.url };
    const node = (...args: string[]) =>
      run(process.execPath, ["--snapshot-blob", join(directory, "snapshot.blob"), ...args], {
        env,
      });
    await node("--build-snapshot", script, invocationsBefore);
    for (const invocations of ["100", "70", "5"]) await node("main", invocations);

    const families = parseText(await gateway.metrics());
    for (const counter of ["orders_total", "faas_invocations_total"]) {
      const { samples } = families.find(({ name }) => name === counter)!;
      expect(samples.map(({ value }) => value).sort((a, b) => a - b)).toEqual([5, 70, 100]);
    }
    // Each has used some, and none counts what was used before it started.
    const cpu = families
      .find(({ name }) => name === "process_cpu_seconds_total")!
      // The gateway has used some, too.
      .samples.filter(({ labels }) => labels["job"] === "restored");
    expect(cpu).toHaveLength(3);
    for (const { value } of cpu) expect(value).toBeGreaterThan(0.01);
  },
);
