import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const script = fileURLToPath(new URL("fixtures/until-terminated.mjs", import.meta.url));

/** Runs the fixture, sends SIGTERM, and returns how it ended and what it printed. */
async function terminate(...how: readonly string[]) {
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
  test("finishes its last work, then is ended by the signal", async () => {
    expect(await terminate("works")).toMatchObject({
      exitCode: null,
      signal: "SIGTERM",
      printed: ["worked"],
    });
  });

  test.each([
    ["fails", []],
    ["throws", []],
    ["returns nothing", ["worked"]],
  ])("is ended by the signal even if its last work %s", async (kind, printed) => {
    expect(await terminate(kind)).toMatchObject({ signal: "SIGTERM", printed });
  });

  test("waits for work that hangs until its time limit, no longer", async () => {
    const { signal, tookMs } = await terminate("hangs");
    expect(signal).toBe("SIGTERM");
    expect(tookMs).toBeGreaterThan(190);
    expect(tookMs).toBeLessThan(2_000);
  });

  test("finishes its last work although another listener exits at once, and exits with its code", async () => {
    expect(await terminate("works", "exits")).toMatchObject({ exitCode: 7, printed: ["worked"] });
  });

  test("finishes its last work, once, although another listener raises the signal again", async () => {
    expect(await terminate("works", "raises")).toMatchObject({
      signal: "SIGTERM",
      printed: ["worked"],
    });
  });

  test.each(["another", "once"])(
    "leaves exiting to another listener for the signal: %s",
    async (how) => {
      expect(await terminate("works", how)).toMatchObject({
        exitCode: 7,
        signal: null,
        // The signal was not raised again long after the work was done.
        printed: ["another heard it", "worked", "another is done"],
      });
    },
  );
});
