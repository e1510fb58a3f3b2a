import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startVercelFunction } from "../../../test/vercel/function.js";

const lane = fileURLToPath(new URL("./frameworks/", import.meta.url));
const gateway = useGateway();
const { shown, eventually } = gateway;

beforeAll(() => installLane(lane), 120_000);

async function run(name: string, env: Readonly<Record<string, string>>) {
  const started = await startVercelFunction({ entrypoint: `${lane}${name}`, env });
  onTestFinished(async () => void (await started.stop({ limitMs: 0 })));
  return started;
}

const paths = ["/ok", "/slow", "/bad", "/boom", "/stream"];

async function answers(name: string, env: Readonly<Record<string, string>>) {
  const started = await run(name, env);
  const seen = [];
  for (const path of paths) {
    const response = await started.fetch(path);
    seen.push([path, response.status, await response.text()]);
  }
  return seen;
}

describe.each([
  "answers-by-event.mjs",
  "express-after-await.mjs",
  "express-wrapped-first.mjs",
  "express4-wrapped-first.mjs",
  "fastify-after-await.mjs",
  "nest-after-await.mjs",
])("%s", { timeout: 60_000 }, (name) => {
  test("answers as it does bare, and each request is over when its response closes, with its status", async () => {
    const wrapped = await answers(name, { PUSHGATEWAY_URL: gateway.url });
    await eventually("faas_invoke_duration_seconds_count").toBe(paths.length);
    expect(await shown("faas_invocations_total")).toBe(3);
    expect(await shown("faas_errors_total", { error_type: "503" })).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "500" })).toBe(1);
    // Two of them take 200 ms each. A timer may be early by a millisecond.
    expect(await shown("faas_invoke_duration_seconds_sum")).toBeGreaterThanOrEqual(0.398);
    expect(wrapped).toEqual(await answers(name, { BARE: "1" }));
  });
});
