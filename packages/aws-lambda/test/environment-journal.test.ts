import fs from "node:fs";
import { expect, test, vi } from "vitest";
import { environmentJournal } from "../src/environment/environment-journal.js";

test.each([
  ["of its own is where the journal is kept", "/tmp/shop", "/tmp/shop"],
  ["on a file system that all environments share does not get the journal", "/mnt/shop", "/tmp"],
])("a TMPDIR %s", (_, folder, directory) => {
  vi.spyOn(console, "warn").mockReturnValue();
  const opened = vi.spyOn(fs, "openSync").mockImplementation(() => {
    throw new Error("not to be written");
  });
  const open = environmentJournal({ AWS_LAMBDA_LOG_STREAM_NAME: "stream", TMPDIR: folder });
  open({ urls: ["http://gateway.test"], job: "shop", grouping: {} });
  const [path] = opened.mock.calls[0]!;
  vi.restoreAllMocks();
  expect(String(path).replace(/\/prefreeze-1-\d+$/, "")).toBe(directory);
});
