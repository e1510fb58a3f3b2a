import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startGatedRecorder } from "./gated-recorder.js";
import type { GatedRecorder } from "./gated-recorder.js";
import { startWorker } from "./worker.js";
import type { Worker, WorkerOptions } from "./worker.js";
import { readWranglerConfig } from "./wrangler-config.js";

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function running(options: WorkerOptions): Promise<Worker> {
  const worker = await startWorker(options);
  stops.push(() => worker.stop());
  return worker;
}

const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 10_000 });

async function recording(): Promise<GatedRecorder> {
  const recorder = await startGatedRecorder();
  stops.push(() => recorder.stop());
  return recorder;
}

// On a busy machine a process starts slowly.
describe("startWorker", { timeout: 30_000 }, () => {
  it("answers over real HTTP, with the bindings and one isolate for all requests", async () => {
    const worker = await running({ entry: fixture("plain.ts"), bindings: { GREETING: "hello" } });
    expect(await (await worker.fetch("/a")).json()).toEqual({ requests: 1, greeting: "hello" });
    expect(await (await worker.fetch("/b")).json()).toEqual({ requests: 2, greeting: "hello" });
  });

  it("shows what the Worker writes to its console", async () => {
    const worker = await running({ entry: fixture("plain.ts") });
    await worker.fetch("/some/path", { method: "POST", body: "x" });
    await eventually(() => expect(worker.logs()).toBe("saw POST /some/path"));
  });

  it("answers 500 when the handler throws, shows the error, and serves on", async () => {
    const worker = await running({ entry: fixture("plain.ts") });
    expect((await worker.fetch("/throw")).status).toBe(500);
    await eventually(() => expect(worker.logs()).toContain("Error: the fetch handler failed"));
    expect((await worker.fetch("/")).status).toBe(200);
  });

  it("keeps waitUntil alive after the response", async () => {
    const recorder = await recording();
    const worker = await running({
      entry: fixture("plain.ts"),
      bindings: { RECORDER: recorder.url },
    });
    const response = await worker.fetch("/later");
    await response.text();
    expect(recorder.bodies).toEqual([]);
    recorder.openGate();
    await eventually(() => expect(recorder.bodies).toEqual(["later"]));
  });

  it("calls the schedule and waits for its waitUntil", async () => {
    const recorder = await recording();
    recorder.openGate();
    const worker = await running({
      entry: fixture("plain.ts"),
      bindings: { RECORDER: recorder.url },
    });
    expect(await worker.scheduled("*/5 * * * *")).toBe("ok");
    expect(recorder.bodies).toEqual(["*/5 * * * *"]);
  });

  it("reports that a scheduled handler threw", async () => {
    const worker = await running({ entry: fixture("plain.ts") });
    expect(await worker.scheduled("throw")).toBe("exception");
    await eventually(() => expect(worker.logs()).toContain("the scheduled handler failed"));
  });

  it.each([
    { nodejsCompat: false, AsyncLocalStorage: "missing", path: "missing" },
    { nodejsCompat: "nodejs_als", AsyncLocalStorage: "function", path: "missing" },
    { nodejsCompat: true, AsyncLocalStorage: "function", path: "present" },
  ] as const)(
    "provides the parts of Node that nodejsCompat $nodejsCompat asks for",
    async (row) => {
      const { nodejsCompat, ...expected } = row;
      const worker = await running({ entry: fixture("node-compatibility.js"), nodejsCompat });
      expect(await (await worker.fetch("/")).json()).toEqual(expected);
    },
  );

  it("runs a project with its wrangler.jsonc, and lets a binding override its vars", async () => {
    const wranglerConfig = fixture("configured/wrangler.jsonc");
    const worker = await running({ wranglerConfig, bindings: { GREETING: "hello" } });
    expect(await (await worker.fetch("/")).json()).toEqual({
      address: "https://example.com/*not a comment*/,]",
      greeting: "hello",
      als: true,
    });
  });

  it("says what is wrong when the entry does not bundle or does not start", async () => {
    await expect(startWorker({ entry: fixture("absent.ts") })).rejects.toThrow("absent.ts");
    await expect(startWorker({ entry: fixture("throws-at-start.js") })).rejects.toThrow(
      "the module scope failed",
    );
    await expect(startWorker({})).rejects.toThrow("Give startWorker an entry");
  });
});

describe("readWranglerConfig", () => {
  it("reads JSON with comments and trailing commas, and resolves main beside the file", async () => {
    expect(await readWranglerConfig(fixture("configured/wrangler.jsonc"))).toEqual({
      name: "configured",
      main: fixture("configured/worker.ts"),
      compatibilityDate: "2026-02-03",
      compatibilityFlags: ["nodejs_als"],
      vars: {
        ADDRESS: "https://example.com/*not a comment*/,]",
        GREETING: "hello from the file",
      },
      objects: {},
      unboundObjects: [],
      producers: {},
      consumers: [],
    });
  });
});
