import zlib from "node:zlib";
import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import { httpTransport } from "@prefreeze/node";
import { undiciTransport } from "@prefreeze/node/undici";
import { beforeEach, expect, it, vi } from "vitest";
import { forgetAll } from "../../core/test/core.js";
import { descriptor, fakePlatform } from "../../core/test/fake-platform.js";
import * as internals from "../../core/test/internals.js";
import { startReceiver } from "../../core/test/receiver.js";

const core = { ...users, ...adapters, ...internals };

beforeEach(() => {
  forgetAll(core);
});

it.each([
  ["httpTransport", httpTransport],
  ["undiciTransport", undiciTransport()],
])(
  "%s: a snapshot is compressed by zlib after a response that does not wait for the push, and arrives whole",
  async (_, transport) => {
    const receiver = await startReceiver();
    const order: string[] = [];
    const { gzip } = zlib;
    const spy = vi.spyOn(zlib, "gzip").mockImplementation((...args: Parameters<typeof gzip>) => {
      order.push("compressed");
      gzip(...args);
    });
    try {
      const instance = core.instanceOn(fakePlatform({ transport }), {
        url: receiver.url,
        gzipAboveBytes: 20_000,
      })!;
      const orders = core.counter({ name: "orders_total", help: "Orders.", labelNames: ["n"] });
      let pushed: Promise<void> | undefined;
      await core.observe(
        instance,
        () => descriptor({ key: {}, keepAlive: (flush) => void (pushed = flush(true)) }),
        async () => {
          for (let n = 0; n < 900; n++) orders.inc({ n });
        },
      );
      order.push("answered");
      await pushed;
      expect(order).toEqual(["answered", "compressed"]);
    } finally {
      spy.mockRestore();
    }
    const [push] = receiver.received;
    expect(push!.headers["content-encoding"]).toBe("gzip");
    expect(zlib.gunzipSync(push!.body).toString()).toContain('\norders_total{n="899"} 1\n');
  },
);
