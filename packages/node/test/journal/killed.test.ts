import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { collectWarnings } from "../../../core/test/core.js";
import { newPlace } from "./place.js";

const program = fileURLToPath(new URL("fixtures/count-until-killed.mjs", import.meta.url));

/** Counts in a process of its own until it is killed, after that many milliseconds of counting. */
async function countUntilKilled(directory: string, forMs: number) {
  const child = spawn(process.execPath, [program, directory], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("latin1").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const closed = once(child, "close");
  await Promise.race([countingOf(child), closed]);
  // No event is waited for: any moment is to be right.
  await sleep(forMs);
  child.kill("SIGKILL");
  await closed;
  expect(errors).toBe("");
  const lines = output.split("\n");
  const [, sequence, ended, died] = lines[0]!.split(" ");
  return {
    found: { sequence: Number(sequence), ended: Number(ended), died: Number(died) },
    begun: lines.filter((line) => line === "begun").length,
    ended: lines.filter((line) => line === "ended").length,
  };
}

/** Resolves when its first invocation has ended. */
async function countingOf({ stdout }: { readonly stdout: Readable }): Promise<void> {
  let output = "";
  await new Promise<void>((resolve) => {
    stdout.on("data", (chunk: Buffer | string) => {
      output += String(chunk);
      if (output.includes("ended")) resolve();
    });
  });
}

describe("a process that is killed at any moment", () => {
  it(
    "loses nothing that was written, and the next one counts what it was in",
    { timeout: 120_000 },
    async () => {
      const { directory, path } = newPlace();
      const kills = 15;
      let begun = 0;
      let ended = 0;
      let last = { ended: 0, died: 0, sequence: 0 };
      for (let kill = 0; kill <= kills; kill++) {
        const life = await countUntilKilled(directory, Math.random() * 8);
        const { found } = life;
        // Each kill can come between what was done and what was said of it.
        expect(found.ended).toBeGreaterThanOrEqual(ended);
        expect(found.ended).toBeLessThanOrEqual(ended + kill);
        expect(found.ended + found.died).toBeGreaterThanOrEqual(begun);
        expect(found.ended + found.died).toBeLessThanOrEqual(begun + kill);
        // At most the one that ran has died, and what has ended has its number.
        expect(found.died - last.died).toBeLessThanOrEqual(1);
        expect(found.sequence).toBe(found.ended);
        begun += life.begun;
        ended += life.ended;
        last = found;
      }
      // It was killed in the middle of something, and the file is no longer for that.
      expect(begun).toBeGreaterThan(kills);
      expect(last.died).toBeGreaterThan(0);
      expect(statSync(path).blocks * 512).toBeLessThan(200_000);
    },
  );
});

describe("a journal that another process has", () => {
  const key = { urls: ["http://localhost:9"], job: "job", grouping: {} };

  it("is that one's while it lives, and can be gone on with when it is dead", async () => {
    const place = newPlace();
    const warnings = collectWarnings();
    const holder = spawn(process.execPath, [program, place.directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await countingOf(holder);
      expect(place.open()).toBeUndefined();
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(
        /is in use by another process: give each process its own directory/,
      );
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "close");
    }
    expect(place.open(key, "one")!.restored).toMatchObject({ id: "life-1" });
    expect(warnings).toHaveLength(1);
  });

  it("can be gone on with when that one is dead, though its parent has not asked how it died", async () => {
    const place = newPlace();
    // What the shell becomes asks for no child.
    const parent = spawn(
      "sh",
      ["-c", '"$0" "$@" & exec sleep 60', process.execPath, program, place.directory],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    try {
      await countingOf(parent);
      const pid = readFileSync(place.path).readUInt32LE(36);
      process.kill(pid, "SIGKILL");
      await vi.waitFor(() => {
        expect(readFileSync(`/proc/${pid}/stat`, "latin1")).toMatch(/\) Z /);
      }, 10_000);
      expect(place.open(key, "one")!.restored).toMatchObject({ id: "life-1" });
    } finally {
      parent.kill("SIGKILL");
      await once(parent, "close");
    }
  });
});
