import { randomBytes } from "@prefreeze/node";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("random bytes are as many as asked for, and others each time", () => {
  const drawn = new Set(Array.from({ length: 1_000 }, () => text(randomBytes(10))));
  expect(drawn.size).toBe(1_000);
  for (const bytes of drawn) expect(bytes).toHaveLength(20);
});

test("all bits of them are random", () => {
  const ones = new Array<number>(80).fill(0);
  for (let i = 0; i < 2_000; i++)
    for (const [at, byte] of randomBytes(10).entries())
      for (let bit = 0; bit < 8; bit++) ones[at * 8 + bit]! += (byte >> bit) & 1;
  // A thousand, and nine times the deviation.
  for (const count of ones) expect(Math.abs(count - 1_000)).toBeLessThan(200);
});

test.each([
  [
    "does not exist",
    () =>
      vi.spyOn(fs, "openSync").mockImplementation(() => {
        throw new Error("ENOENT");
      }),
  ],
  ["ends early", () => vi.spyOn(fs, "readSync").mockReturnValue(3)],
  [
    "is a plain file",
    () => {
      const { openSync } = fs;
      const same = fileURLToPath(import.meta.url);
      vi.spyOn(fs, "openSync").mockImplementation(() => openSync(same, "r"));
    },
  ],
])("they are there if the system's file for them %s", (_, breakFile) => {
  breakFile();
  onTestFinished(() => void vi.restoreAllMocks());
  expect(text(randomBytes(10))).not.toBe(text(randomBytes(10)));
  expect(text(randomBytes(10))).not.toMatch(/0{6}$/);
});

test("no file stays open", () => {
  const open = () => fs.readdirSync("/proc/self/fd").length;
  const before = open();
  for (let i = 0; i < 50; i++) randomBytes(10);
  expect(open()).toBe(before);
});
