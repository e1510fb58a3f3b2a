import fc from "fast-check";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { bytesIn } from "../src/metrics/room.js";
import { type Core, freshCore } from "./core.js";

let core: Core;
beforeEach(async () => {
  core = await freshCore();
});

it("bytes are those of the JSON in UTF-8, whatever the text", () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom("\ud800", "\udfff", "%", '"'), fc.string({ unit: "binary" })),
  });
  fc.assert(
    fc.property(fc.oneof(text, fc.array(text)), (texts) => {
      expect(bytesIn(texts)).toBe(Buffer.byteLength(JSON.stringify(texts)));
    }),
    { numRuns: 2_000 },
  );
});

it("metrics are defined and recorded where there is no TextEncoder, as in jsdom", () => {
  vi.stubGlobal("TextEncoder", undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  const orders = core.counter({ name: "orders_total", help: "Örders.", labelNames: ["plan"] });
  orders.inc({ plan: "größer" });
  const [series] = core.catalog.metrics.get("orders_total")!.series.values();
  expect(series?.total?.value).toBe(1);
});
