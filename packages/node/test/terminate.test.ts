import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const script = fileURLToPath(new URL("fixtures/terminated.mjs", import.meta.url));

/** Runs the fixture, sends the signal, and tells how it ended and what it printed. */
async function terminated(...how: readonly string[]) {
  const child = spawn(process.execPath, [script, ...how], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let printed = "";
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (printed.includes("ready")) resolve();
    });
  });
  await ready;
  child.kill("SIGTERM");
  const startedMs = performance.now();
  const [exitCode, signal] = (await once(child, "close")) as [number | null, string | null];
  return {
    exitCode,
    signal,
    printed: printed.split("\n").slice(1, -1),
    tookMs: performance.now() - startedMs,
  };
}

describe("a process that is sent SIGTERM", { timeout: 20_000 }, () => {
  test("does its last work, and is ended by the signal", async () => {
    expect(await terminated("works")).toMatchObject({
      exitCode: null,
      signal: "SIGTERM",
      printed: ["worked"],
    });
  });

  test("with work that fails is ended by the signal as well", async () => {
    expect(await terminated("fails")).toMatchObject({ signal: "SIGTERM", printed: [] });
  });

  test("waits for work that hangs no longer than it may", async () => {
    const { signal, tookMs } = await terminated("hangs");
    expect(signal).toBe("SIGTERM");
    expect(tookMs).toBeGreaterThan(190);
    expect(tookMs).toBeLessThan(2_000);
  });

  test.each(["another", "once"])("is left to others that listen for it, too: %s", async (how) => {
    expect(await terminated("works", how)).toMatchObject({
      exitCode: 7,
      signal: null,
      // Long after the work was done, nobody had raised the signal again.
      printed: ["another heard it", "worked", "another is done"],
    });
  });
});
