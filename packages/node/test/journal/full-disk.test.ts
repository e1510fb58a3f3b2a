import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { collectWarnings } from "../../../core/test/core.js";
import { newJournalDirectory } from "./journal-directory.js";

const program = fileURLToPath(new URL("fixtures/write-until-full.mjs", import.meta.url));

/** Runs the fixture with files limited to that many blocks of 512 bytes, by the shell's `ulimit`. */
function writeWithin(blocks: number | "unlimited", directory: string) {
  const script = `ulimit -f ${blocks} && exec "$0" "$@"`;
  return promisify(execFile)("sh", ["-c", script, process.execPath, program, directory]);
}

it.each([
  ["before anything is written", 0],
  ["in the middle of the first state", 17],
  ["when the other log begins", 20_545],
] as const)(
  "if the disk is full %s, the journal is abandoned with one warning, and the function continues",
  async (_, blocks) => {
    const journalDirectory = newJournalDirectory();
    const { stdout, stderr } = await writeWithin(blocks, journalDirectory.directory);
    expect(stdout).toBe("carried on\n");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/^prefreeze: journal .*(EFBIG|the disk is full)/);
    expect(stderr).toMatch(/totals not pushed before a crash will be lost/);
    expect(existsSync(journalDirectory.path)).toBe(false);

    // The next process restores nothing and has nothing to warn about.
    const warnings = collectWarnings();
    expect(journalDirectory.open()!.restored).toBeUndefined();
    expect(warnings).toEqual([]);
  },
);

it("on a disk that is not full, everything is written", async () => {
  const journalDirectory = newJournalDirectory();
  expect(await writeWithin("unlimited", journalDirectory.directory)).toEqual({
    stdout: "carried on\n",
    stderr: "",
  });
  expect(existsSync(journalDirectory.path)).toBe(true);
});
