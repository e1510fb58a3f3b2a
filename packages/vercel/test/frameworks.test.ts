import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startVercelFunction, type VercelFunction } from "../../../test/vercel/function.js";

const lane = fileURLToPath(new URL("./frameworks/", import.meta.url));
// The apps share two processes, so each is told by what the totals gain.
const gateway = useGateway(false);
const { shown, eventually } = gateway;

const paths = ["/ok", "/slow", "/bad", "/boom", "/stream"];

let bare: VercelFunction;
let wrapped: VercelFunction;
beforeAll(async () => {
  await installLane(lane);
  const start = (env: Readonly<Record<string, string>>) =>
    startVercelFunction({ entrypoint: `${lane}hono.mjs`, launcher: true, env });
  [bare, wrapped] = await Promise.all([
    start({ BARE: "1" }),
    start({ PUSHGATEWAY_URL: gateway.url }),
  ]);
}, 120_000);
afterAll(() => Promise.all([bare, wrapped].map((app) => app?.stop({ limitMs: 0 }))));

/** What an app answers to requests that come at once. */
const answers = ({ fetch }: VercelFunction, name: string) =>
  Promise.all(
    paths.map(async (path) => {
      const response = await fetch(path, { headers: { "x-matched-path": `/${name}` } });
      return [path, response.status, await response.text()];
    }),
  );

const totals = async () => ({
  seconds: (await shown("faas_invoke_duration_seconds_sum")) ?? 0,
  ended: (await shown("faas_invoke_duration_seconds_count")) ?? 0,
  succeeded: (await shown("faas_invocations_total")) ?? 0,
  failed: (await shown("faas_errors_total", { faas_trigger: "http" })) ?? 0,
  unavailable: (await shown("faas_errors_total", { error_type: "503" })) ?? 0,
});

describe.each([
  "answers-by-event",
  "elysia",
  "express-after-await",
  "express-listens",
  "express-wrapped-first",
  "express4-wrapped-first",
  "fastify-after-await",
  "fastify-listens",
  "h3-app",
  "h3-handler",
  "hono",
  "koa-callback",
  "koa-listens",
  "methods",
  "nest-after-await",
  "nest-listens",
  "server-listens",
])("%s", { timeout: 60_000 }, (name) => {
  test("answers as it does bare, and each request is over when its response has ended, with its status", async () => {
    const before = await totals();
    expect(await answers(wrapped, name)).toEqual(await answers(bare, name));
    await eventually("faas_invoke_duration_seconds_count").toBe(before.ended + paths.length);
    const { seconds, ...after } = await totals();
    expect(after).toEqual({
      ended: before.ended + 5,
      succeeded: before.succeeded + 3,
      failed: before.failed + 2,
      unavailable: before.unavailable + 1,
    });
    // Two of them take 200 ms each. A timer may be early by a millisecond.
    expect(seconds - before.seconds).toBeGreaterThanOrEqual(0.398);
  });
});
