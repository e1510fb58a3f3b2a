import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { collectWarnings } from "../../../core/test/core.js";
import { newJournalDirectory } from "./journal-directory.js";

const program = fileURLToPath(new URL("fixtures/count-until-killed.mjs", import.meta.url));

/** Counts in a process of its own, which is killed after counting for `forMs` milliseconds. */
async function countUntilKilled(directory: string, forMs: number) {
  const child = spawn(process.execPath, [program, directory], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("latin1").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const closed = once(child, "close");
  await Promise.race([firstInvocationEnded(child), closed]);
  // Sleeps instead of awaiting an event, since every moment must be safe.
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

/** Resolves when the process has ended its first invocation. */
async function firstInvocationEnded({ stdout }: { readonly stdout: Readable }): Promise<void> {
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
    "loses nothing that was written, and the next one counts the invocation that was running",
    { timeout: 120_000 },
    async () => {
      const { directory, path } = newJournalDirectory();
      const kills = 15;
      let begun = 0;
      let ended = 0;
      let last = { ended: 0, died: 0, sequence: 0 };
      for (let kill = 0; kill <= kills; kill++) {
        const life = await countUntilKilled(directory, Math.random() * 8);
        const { found } = life;
        // Each kill may come between an action and the line that reports it.
        expect(found.ended).toBeGreaterThanOrEqual(ended);
        expect(found.ended).toBeLessThanOrEqual(ended + kill);
        expect(found.ended + found.died).toBeGreaterThanOrEqual(begun);
        expect(found.ended + found.died).toBeLessThanOrEqual(begun + kill);
        // At most the running invocation has died, and the sequence counts those that ended.
        expect(found.died - last.died).toBeLessThanOrEqual(1);
        expect(found.sequence).toBe(found.ended);
        begun += life.begun;
        ended += life.ended;
        last = found;
      }
      // Some kills hit a running invocation, and the file has not grown.
      expect(begun).toBeGreaterThan(kills);
      expect(last.died).toBeGreaterThan(0);
      expect(statSync(path).blocks * 512).toBeLessThan(200_000);
    },
  );
});

describe("a journal that belongs to another process", () => {
  const key = { urls: ["http://localhost:9"], job: "job", grouping: {} };

  it("cannot be opened while that process lives, and is restored once it is dead", async () => {
    const journalDirectory = newJournalDirectory();
    const warnings = collectWarnings();
    const holder = spawn(process.execPath, [program, journalDirectory.directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await firstInvocationEnded(holder);
      expect(journalDirectory.open()!.abandoned).toMatch(/in use/);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(
        /is in use by another process: give each process its own directory/,
      );
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "close");
    }
    expect(journalDirectory.open(key, "one")!.restored).toMatchObject({ id: "life-1" });
    expect(warnings).toHaveLength(1);
  });

  it("is restored once that process is dead, even if its parent has not reaped it", async () => {
    const journalDirectory = newJournalDirectory();
    // The shell becomes `sleep`, which reaps no child.
    const parent = spawn(
      "sh",
      ["-c", '"$0" "$@" & exec sleep 60', process.execPath, program, journalDirectory.directory],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    try {
      await firstInvocationEnded(parent);
      const pid = readFileSync(journalDirectory.path).readUInt32LE(36);
      process.kill(pid, "SIGKILL");
      await vi.waitFor(() => {
        expect(readFileSync(`/proc/${pid}/stat`, "latin1")).toMatch(/\) Z /);
      }, 10_000);
      expect(journalDirectory.open(key, "one")!.restored).toMatchObject({ id: "life-1" });
    } finally {
      parent.kill("SIGKILL");
      await once(parent, "close");
    }
  });
});
