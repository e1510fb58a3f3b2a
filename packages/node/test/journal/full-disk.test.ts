import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { collectWarnings } from "../../../core/test/core.js";
import { newPlace } from "./place.js";

const program = fileURLToPath(new URL("fixtures/write-until-full.mjs", import.meta.url));

/** In a process whose files may have that many blocks of 512 bytes: the shell's own limit. */
function writeWithin(blocks: number | "unlimited", directory: string) {
  const script = `ulimit -f ${blocks} && exec "$0" "$@"`;
  return promisify(execFile)("sh", ["-c", script, process.execPath, program, directory]);
}

it.each([
  ["before anything is written", 0],
  ["in the middle of the first state", 17],
  ["where another slot begins", 2_060],
] as const)(
  "a disk that is full %s voids the journal with one warning, and the function goes on",
  async (_, blocks) => {
    const place = newPlace();
    const { stdout, stderr } = await writeWithin(blocks, place.directory);
    expect(stdout).toBe("went on\n");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/^prefreeze: journal .*(EFBIG|the disk is full)/);
    expect(stderr).toMatch(/totals not pushed before a crash will be lost/);
    expect(existsSync(place.path)).toBe(false);

    // The next one has nothing to go on with, and nothing to warn of.
    const warnings = collectWarnings();
    expect(place.open()!.restored).toBeUndefined();
    expect(warnings).toEqual([]);
  },
);

it("a disk that is not full takes all of it", async () => {
  const place = newPlace();
  expect(await writeWithin("unlimited", place.directory)).toEqual({
    stdout: "went on\n",
    stderr: "",
  });
  expect(existsSync(place.path)).toBe(true);
});
