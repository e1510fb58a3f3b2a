import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startGatedRecorder } from "../workers/gated-recorder.js";
import type { GatedRecorder } from "../workers/gated-recorder.js";
import { startVercelFunction } from "./function.js";
import type { VercelFunction, VercelFunctionOptions } from "./function.js";

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0)) await stop();
});

async function running(
  name: string,
  options: Omit<VercelFunctionOptions, "entrypoint"> = {},
): Promise<VercelFunction> {
  const vercelFunction = await startVercelFunction({ entrypoint: fixture(name), ...options });
  stops.push(() => vercelFunction.stop({ limitMs: 0 }));
  return vercelFunction;
}

async function recording(): Promise<GatedRecorder> {
  const recorder = await startGatedRecorder();
  stops.push(() => recorder.stop());
  return recorder;
}

// On a busy machine a process starts slowly.
describe("startVercelFunction", { timeout: 30_000 }, () => {
  it("runs `export default { fetch }` in TypeScript", async () => {
    const vercelFunction = await running("fetch-export.ts");
    const response = await vercelFunction.fetch("/a/b", { method: "POST", body: "sent" });
    expect(await response.json()).toEqual({
      greeting: "hello from fetch",
      method: "POST",
      path: "/a/b",
      body: "sent",
    });
  });

  it("runs `export function GET` in JavaScript, and answers 405 for another method", async () => {
    const vercelFunction = await running("named-methods.js");
    expect((await vercelFunction.fetch("/")).status).toBe(200);
    expect((await vercelFunction.fetch("/", { method: "POST" })).status).toBe(405);
  });

  it("runs `(req, res)` with Vercel's helpers", async () => {
    const vercelFunction = await running("request-response.ts");
    const response = await vercelFunction.fetch("/?plan=pro");
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ plan: "pro" });
  });

  it("gives the function Vercel's environment and its own, not that of this process", async () => {
    vi.stubEnv("SECRET_OF_THIS_PROCESS", "secret");
    const vercelFunction = await running("named-methods.js", {
      env: { OWN: "own", VERCEL_REGION: "iad1", VERCEL_URL: undefined },
    });
    const valueOf = async (name: string) => {
      const response = await vercelFunction.fetch(`/?name=${name}`);
      return ((await response.json()) as { value: string | null }).value;
    };
    expect(await valueOf("VERCEL")).toBe("1");
    expect(await valueOf("VERCEL_ENV")).toBe("production");
    expect(await valueOf("VERCEL_REGION")).toBe("iad1");
    expect(await valueOf("VERCEL_URL")).toBeNull();
    expect(await valueOf("OWN")).toBe("own");
    expect(await valueOf("SECRET_OF_THIS_PROCESS")).toBeNull();
  });

  it("serves five requests at once in one process", async () => {
    const vercelFunction = await running("five-at-once.ts");
    const responses = await Promise.all([1, 2, 3, 4, 5].map(() => vercelFunction.fetch("/")));
    const bodies = await Promise.all(responses.map((response) => response.json()));
    expect(bodies).toEqual(Array(5).fill({ pid: vercelFunction.pid, arrived: 5 }));
  });

  it.each(["shutdown", "SIGTERM"] as const)(
    "keeps waitUntil alive after the response, and %s waits for it",
    async (by) => {
      const recorder = await recording();
      const vercelFunction = await running("wait-until.ts", { env: { RECORDER: recorder.url } });
      expect(await (await vercelFunction.fetch("/")).text()).toBe("answered");
      expect(recorder.bodies).toEqual([]);
      const stopped = vercelFunction.stop({ by });
      recorder.openGate();
      expect(await stopped).toEqual({ graceful: true, exitCode: 0 });
      expect(recorder.bodies).toEqual(["later"]);
    },
  );

  it("kills a process that takes longer than the limit to stop", async () => {
    const recorder = await recording();
    const vercelFunction = await running("wait-until.ts", { env: { RECORDER: recorder.url } });
    await (await vercelFunction.fetch("/")).text();
    const stopped = await vercelFunction.stop({ by: "SIGTERM", limitMs: 100 });
    expect(stopped).toEqual({ graceful: false, exitCode: null });
    expect(recorder.bodies).toEqual([]);
  });

  it("loads the packages of this workspace", async () => {
    const vercelFunction = await running("workspace-package.ts");
    expect(await (await vercelFunction.fetch("/")).json()).toEqual({ counter: "function" });
  });

  it("ends when the handler throws, as the builder's server does, and shows the error", async () => {
    const vercelFunction = await running("fetch-export.ts");
    await expect(vercelFunction.fetch("/throw")).rejects.toThrow("the fetch handler failed");
    expect(await vercelFunction.stop()).toEqual({ graceful: true, exitCode: 1 });
  });

  it.each([
    { name: "fetch-export.ts", message: "the fetch handler failed" },
    { name: "request-response.ts", message: "the node handler failed" },
  ])("answers 500 and serves on when $name throws and errors are isolated", async (row) => {
    const vercelFunction = await running(row.name, { isolateErrors: true });
    expect((await vercelFunction.fetch("/throw")).status).toBe(500);
    expect((await vercelFunction.fetch("/?plan=pro")).ok).toBe(true);
    expect(vercelFunction.logs()).toContain(row.message);
    expect(await vercelFunction.stop()).toEqual({ graceful: true, exitCode: 0 });
  });

  it("says what is wrong when the entrypoint cannot be loaded", async () => {
    const vercelFunction = await running("throws-at-start.js");
    await expect(vercelFunction.fetch("/")).rejects.toThrow("the module scope failed");
  });
});
