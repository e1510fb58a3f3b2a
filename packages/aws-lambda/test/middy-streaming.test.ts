import { describe, expect, test } from "vitest";
import { deployBundle } from "./deploy.js";
import { middyVersions, useMiddyBundle } from "./middy-bundle.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;
const entries = { 6: "fixtures/middy-6-streaming.ts", 7: "middy-versions/streaming.mjs" };

describe.each(middyVersions)("a streaming middy %s handler", { timeout: 30_000 }, (version) => {
  const bundle = useMiddyBundle(entries[version], version);
  const deployExport = (exported: string) =>
    deployBundle(bundle(), { exported, env: { PUSHGATEWAY_URL: gateway.url } });

  test.each([
    ["around the finished handler", "outside"],
    ["around what becomes the handler", "wrappedFirst"],
  ])(
    "is counted at the end of its stream, with everything recorded by then, if instrument() is %s",
    async (_, exported) => {
      const { invoke, lambda } = await deployExport(exported);
      expect((await invoke({ waitsMs: 200 })).result).toEqual({ streamed: true });
      await lambda.settled();
      expect(await shown("orders_total", { plan: "streamed" })).toBe(1);
      expect(await shown("faas_invocations_total")).toBe(1);
      expect(await shown("faas_invoke_duration_seconds_sum")).toBeGreaterThan(0.19);
    },
  );

  test("is counted as failed if it fails before or during its stream and instrument() is outside", async () => {
    const { invoke, lambda } = await deployExport("outside");
    // The runtime asks for its next event as soon as the stream is cut off, so a freeze may hold up this push.
    await invoke({ throws: "in mid-stream" }).catch(() => undefined);
    for (const throws of ["in before", "in the handler"]) {
      expect(await invoke({ throws })).toMatchObject({
        errorType: "RangeError",
        errorMessage: throws,
      });
    }
    await lambda.settled();
    expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(3);
    expect(await shown("faas_invocations_total")).toBe(0);
    expect(await shown("faas_invoke_duration_seconds_count")).toBe(3);
  });

  test("is counted if another middleware returns early and instrument() is outside", async () => {
    const { invoke, lambda } = await deployExport("outside");
    expect((await invoke({ returnsEarly: true })).result).toEqual({ early: true });
    await lambda.settled();
    expect(await shown("faas_invocations_total")).toBe(1);
    expect(await shown("orders_total")).toBeUndefined();
  });

  test("is counted once, when its response begins, if prefreeze is a middleware", async () => {
    const { invoke, lambda } = await deployExport("first");
    expect((await invoke({ waitsMs: 200 })).result).toEqual({ streamed: true });
    expect((await invoke({ waitsMs: 200 })).result).toEqual({ streamed: true });
    await lambda.settled();
    expect(await shown("faas_invocations_total")).toBe(2);
    expect(await shown("faas_invoke_duration_seconds_sum")).toBeLessThan(0.19);
  });
});
