import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import { deploy } from "./deploy.js";

/** A gateway whose answers the test decides. */
async function startGateway(answer: (response: ServerResponse, pushes: number) => void) {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString());
    answer(response, bodies.length);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

test("a freeze of 4 s in the middle of a push is no time that the gateway took", async () => {
  const held: ServerResponse[] = [];
  const { url, bodies } = await startGateway((response, pushes) => {
    if (pushes <= 3) response.writeHead(400).end();
    else if (pushes === 4) held.push(response);
    else response.writeHead(200).end();
  });
  const { invoke, lambda } = await deploy("fault.ts", {
    env: { PUSHGATEWAY_URL: url, PREFREEZE_FLUSH_TIMEOUT_MS: "3000" },
  });
  // Three failures open the breaker for one second. Nothing waits for the probe after it.
  for (let i = 0; i < 3; i++) await invoke();
  await after(1_100);
  await invoke();
  await lambda.settled();
  // It is frozen now, with its probe in flight.
  held[0]!.writeHead(200).end();
  await after(4_000);
  await invoke();
  expect(bodies).toHaveLength(5);
  const shown = (name: string, labels = {}) => sample(parseText(bodies[4]!), name, labels);
  expect(shown("prefreeze_flushes_total", { result: "success" })).toBe(1);
  expect(shown("prefreeze_flush_duration_seconds_count")).toBe(4);
  expect(shown("prefreeze_flush_duration_seconds_sum")).toBeLessThan(1.5);
});
