import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { hardenErrors } from "../../core/test/harden-errors.js";
import { streamEnd } from "../src/completion/response-stream.js";

// AWS's runtime clients can end the process when a response stream is destroyed, so they are left out here.
test.each([
  ["finishes later", (stream: PassThrough) => void setImmediate(() => stream.end("body"))],
  ["has finished", (stream: PassThrough) => once(stream.end("body"), "finish")],
])("the end of a stream that %s resolves", async (_, act) => {
  const stream = new PassThrough();
  await act(stream);
  await expect(Promise.resolve(streamEnd(stream))).resolves.toBeUndefined();
});

test.each([
  ["fails", (stream: PassThrough) => stream.destroy(new RangeError("no")), "RangeError"],
  ["is destroyed", (stream: PassThrough) => stream.destroy(), "ResponseStreamCut"],
  [
    "was destroyed before",
    (stream: PassThrough) => once(stream.destroy(), "close"),
    "ResponseStreamCut",
  ],
])("the end of a stream that %s rejects", async (_, act, name) => {
  const stream = new PassThrough();
  stream.on("error", () => undefined);
  if (name === "RangeError") setImmediate(act, stream);
  else await act(stream);
  await expect(streamEnd(stream)).rejects.toMatchObject({ name });
});

test("the end of a stream that is destroyed rejects where nobody can assign a name to an error", async () => {
  hardenErrors();
  const stream = new PassThrough();
  setImmediate(() => stream.destroy());
  await expect(streamEnd(stream)).rejects.toMatchObject({ name: "ResponseStreamCut" });
});
