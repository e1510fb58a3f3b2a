import { describe, expect, test } from "vitest";
import { deployBundle } from "./deploy.js";
import { middyVersions, useMiddyBundle } from "./middy-bundle.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;
const entries = { 6: "fixtures/middy-6-streaming.ts", 7: "middy-7/streaming.mjs" };

describe.each(middyVersions)(
  "a handler of middy %s that streams",
  { timeout: 30_000 },
  (version) => {
    const bundle = useMiddyBundle(entries[version], version);
    const deployed = (exported: string) =>
      deployBundle(bundle(), { exported, env: { PUSHGATEWAY_URL: gateway.url } });

    test("is counted at its stream's end, with all that was recorded until then, by a wrapper outside", async () => {
      const { invoke, lambda } = await deployed("outside");
      expect((await invoke({ waitsMs: 200 })).result).toEqual({ streamed: true });
      await lambda.settled();
      expect(await shown("orders_total", { plan: "streamed" })).toBe(1);
      expect(await shown("faas_invocations_total")).toBe(1);
      expect(await shown("faas_invoke_duration_seconds_sum")).toBeGreaterThan(0.19);
    });

    test("fails as its caller sees it, before the stream and in the middle of it, by a wrapper outside", async () => {
      const { invoke, lambda } = await deployed("outside");
      for (const throws of ["in before", "in the handler"]) {
        expect(await invoke({ throws })).toMatchObject({
          errorType: "RangeError",
          errorMessage: throws,
        });
      }
      await invoke({ throws: "in mid-stream" }).catch(() => undefined);
      await lambda.settled();
      expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(3);
      expect(await shown("faas_invocations_total")).toBe(0);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(3);
    });

    test("whose middleware returns early is counted by a wrapper outside", async () => {
      const { invoke, lambda } = await deployed("outside");
      expect((await invoke({ returnsEarly: true })).result).toEqual({ early: true });
      await lambda.settled();
      expect(await shown("faas_invocations_total")).toBe(1);
      expect(await shown("orders_total")).toBeUndefined();
    });

    test("is counted once by the middleware, when its response begins", async () => {
      const { invoke, lambda } = await deployed("first");
      expect((await invoke({ waitsMs: 200 })).result).toEqual({ streamed: true });
      expect((await invoke({ waitsMs: 200 })).result).toEqual({ streamed: true });
      await lambda.settled();
      expect(await shown("faas_invocations_total")).toBe(2);
      expect(await shown("faas_invoke_duration_seconds_sum")).toBeLessThan(0.19);
    });
  },
);
