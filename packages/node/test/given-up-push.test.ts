import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import { httpTransport } from "@prefreeze/node";
import { beforeEach, expect, test } from "vitest";
import { collectWarnings, forgetAll } from "../../core/test/core.js";
import { startInstance } from "../../core/test/fake-platform.js";
import * as internals from "../../core/test/internals.js";
import { gate } from "../../../test/gate.js";
import { recordingServer } from "./recording-server.js";

const core = { ...users, ...adapters, ...internals };

beforeEach(() => {
  forgetAll(core);
  collectWarnings();
});

function start(options: users.Options) {
  const instance = startInstance(core, options, { transport: httpTransport });
  const orders = core.counter({ name: "orders_total", help: "Orders." });
  const flush = async () => {
    orders.inc();
    await instance.pusher!.flusher.flush();
  };
  return { flush, instance };
}

test("pushes that a slow gateway does not answer in time are no resets: it need not list its groups", async () => {
  const server = await recordingServer(() => undefined);
  const { flush } = start({ url: server.url, flushTimeoutMs: 60 });
  for (let i = 0; i < 3; i++) {
    await flush();
    // It was closed because the push was given up.
    await expect.poll(() => server.connections.open).toBe(0);
  }
  expect(server.requests.map(({ method }) => method)).toEqual(["PUT", "PUT", "PUT"]);
});

test("a push that was given up does not go on without the metrics that are refused", async () => {
  const refusal =
    'pushed metrics are invalid or inconsistent with existing metrics: collected metric "orders_total" { counter:<value:1 > } is not a GAUGE\n';
  const server = await recordingServer((response) => response.writeHead(400).end(refusal));
  // The next body, which is compressed, is not there yet when the push is given up.
  const { opened, open } = gate();
  let compressed = 0;
  const transport: users.Transport = Object.assign(httpTransport.bind(undefined), {
    gzip: async (text: string) => {
      if (++compressed === 2) await opened;
      return httpTransport.gzip!(text);
    },
  });
  const { flush } = start({ url: server.url, gzipAboveBytes: 0, transport, flushTimeoutMs: 500 });
  await flush();
  expect(compressed).toBe(2);
  open();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(server.requests).toHaveLength(1);
});
