import { InvokeWithResponseStreamCommand } from "@aws-sdk/client-lambda";
import { describe, expect, test, onTestFinished } from "vitest";
import { invoke, start } from "./function-under-test.js";
import { lambdaClient, timedInvoker, type Lambda } from "../src/index.js";

const streaming = (body: string) => ({
  "index.js": `
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    exports.handler = awslambda.streamifyResponse(async (event, stream) => { ${body} });`,
});

/** Calls through AWS's SDK. Returns the chunks with the time at which each arrived. */
async function invokeStreaming(lambda: Lambda, logType?: "Tail") {
  const client = lambdaClient(lambda.endpoint);
  onTestFinished(() => client.destroy());
  const startedMs = performance.now();
  const { EventStream = [], StatusCode } = await client.send(
    new InvokeWithResponseStreamCommand({ FunctionName: "shop", Payload: "{}", LogType: logType }),
  );
  const chunks: { text: string; atMs: number }[] = [];
  const bytes: Uint8Array[] = [];
  let complete;
  for await (const { PayloadChunk, InvokeComplete } of EventStream) {
    const atMs = performance.now() - startedMs;
    if (PayloadChunk?.Payload !== undefined) {
      bytes.push(PayloadChunk.Payload);
      chunks.push({ text: Buffer.from(PayloadChunk.Payload).toString(), atMs });
    }
    complete = InvokeComplete ?? complete;
  }
  return { status: StatusCode, chunks, body: Buffer.concat(bytes).toString(), complete };
}

/** Writes 26 MB: more than all buffers on the way can hold. */
const filling = streaming(`
  const chunk = Buffer.alloc(65_536, "x");
  for (let count = 0; count < 400; count += 1) {
    if (!stream.write(chunk)) await new Promise((resolve) => stream.once("drain", resolve));
    if (count === 0) console.log("writes");
  }
  console.log("has written all");
  stream.end();`);

/** Calls `filling` and reads none of its body before the function has stopped writing. */
async function callWithoutReading(lambda: Lambda): Promise<{ response: Response }> {
  const path = "/2021-11-15/functions/shop/response-streaming-invocations";
  const response = await fetch(lambda.endpoint + path, { method: "POST", body: "{}" });
  await expect.poll(() => lambda.logs()).toContain("writes");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(lambda.logs()).not.toContain("has written all");
  return { response };
}

describe("a streamed response", () => {
  test("reaches its caller piece by piece", async () => {
    const lambda = await start(
      streaming(`stream.write("first"); await pause(1_000); stream.write("second"); stream.end();`),
    );
    const { status, chunks, complete } = await invokeStreaming(lambda);
    expect(status).toBe(200);
    expect(chunks.map(({ text }) => text)).toEqual(["first", "second"]);
    const [first = { atMs: 0 }, second = { atMs: 0 }] = chunks;
    expect(second.atMs - first.atMs).toBeGreaterThan(500);
    expect(complete).toEqual({});
  });

  test("keeps its bytes", async () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `line ${index}, größer\n`).join("");
    const lambda = await start({
      ...streaming(`
      const text = require("node:fs").readFileSync(__dirname + "/text.txt");
      stream.write(text);
      stream.end();`),
      "text.txt": text,
    });
    const { body } = await invokeStreaming(lambda);
    expect(body.length).toBe(text.length);
    expect(body === text).toBe(true);
  });

  test("that fails halfway ends with the error after what was sent", async () => {
    const lambda = await start(
      streaming(`stream.write("first"); await pause(50); throw new RangeError("too many");`),
    );
    const { body, complete } = await invokeStreaming(lambda);
    expect(body).toBe("first");
    expect(complete?.ErrorCode).toBe("Unhandled");
    expect(JSON.parse(complete?.ErrorDetails ?? "")).toMatchObject({
      errorType: "RangeError",
      errorMessage: "too many",
    });
  });

  test("that fails halfway is a function error to a caller that does not stream", async () => {
    const lambda = await start(
      streaming(`stream.write("first"); await pause(50); throw new RangeError("too many");`),
    );
    expect(await invoke(lambda)).toMatchObject({
      functionError: "Unhandled",
      result: { errorType: "RangeError", errorMessage: "too many" },
    });
  });

  test("whose runtime dies halfway is reported as truncated", async () => {
    const lambda = await start(
      streaming(`stream.write("first"); await pause(50); process.kill(process.pid, "SIGKILL");`),
    );
    const { body, complete } = await invokeStreaming(lambda);
    expect(body).toBe("first");
    expect(complete?.ErrorDetails).toContain("Runtime.TruncatedResponse");
  });

  test("slows its function down while the caller does not read", async () => {
    const lambda = await start(filling, { timeoutMs: 20_000 });
    const { response } = await callWithoutReading(lambda);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(400 * 65_536);
    await lambda.settled();
    expect(lambda.logs()).toContain("has written all");
  });

  test("runs to its end although its caller hangs up without reading", async () => {
    const lambda = await start(filling, { timeoutMs: 20_000 });
    const { response } = await callWithoutReading(lambda);
    await response.body?.cancel();
    await lambda.settled();
    expect(lambda.logs()).toContain("has written all");
    expect(lambda.environments()).toMatchObject([{ frozen: true }]);
  });

  test("comes with the log if the caller asks for it", async () => {
    const lambda = await start(streaming(`console.log("worked"); stream.end("done");`));
    const { body, complete } = await invokeStreaming(lambda, "Tail");
    expect(body).toBe("done");
    expect(Buffer.from(complete?.LogResult ?? "", "base64").toString()).toMatch(/worked[^]*REPORT/);
  });

  test("of a handler that does not stream is one piece", async () => {
    const lambda = await start({ "index.js": `exports.handler = async () => "whole";` });
    expect((await invokeStreaming(lambda)).body).toBe('"whole"');
  });
});

describe("a timed call", () => {
  test("returns the response and how long it took", async () => {
    const lambda = await start({
      "index.js": `exports.handler = async ({ runMs, fail }) => {
        await new Promise((resolve) => setTimeout(resolve, runMs));
        if (fail) throw new RangeError("on purpose");
        return { runMs };
      };`,
    });
    const invoker = timedInvoker(lambda.endpoint, "shop");
    onTestFinished(() => invoker.close());
    const answer = await invoker.invoke({ runMs: 500 });
    expect(answer).toMatchObject({ payload: '{"runMs":500}', failed: false });
    expect(answer.responseMs).toBeGreaterThan(495);
    await lambda.settled();
    const failed = await invoker.invoke({ runMs: 0, fail: true });
    expect(failed).toMatchObject({ failed: true, payload: expect.stringContaining("on purpose") });
    expect(failed.responseMs).toBeLessThan(answer.responseMs);
  });

  test("with a stream returns when its first byte arrived", async () => {
    const lambda = await start(
      streaming(`stream.write("first"); await pause(1_000); stream.end("last");`),
    );
    const invoker = timedInvoker(lambda.endpoint, "shop");
    onTestFinished(() => invoker.close());
    const { firstByteMs, responseMs } = await invoker.stream({});
    expect(responseMs - firstByteMs).toBeGreaterThan(500);
  });
});
