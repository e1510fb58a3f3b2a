import { describe, expect, test } from "vitest";
import { deployBundle } from "./deploy.js";
import { httpEvents } from "./events/http.js";
import { middyVersions, useMiddyBundle } from "./middy-bundle.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;

describe.each(middyVersions)("a middy %s handler", { timeout: 30_000 }, (version) => {
  const bundle = useMiddyBundle("fixtures/middy.ts", version);
  const deployExport = (exported: string) =>
    deployBundle(bundle(), { exported, env: { PUSHGATEWAY_URL: gateway.url } });

  test.each(["first", "outside", "both", "everywhere"])(
    "with prefreeze %s counts each invocation once, with the outcome that its caller saw",
    async (exported) => {
      const { invoke } = await deployExport(exported);
      expect((await invoke()).result).toEqual({ statusCode: 200, recorded: 1 });
      expect(await shown("faas_invocations_total")).toBe(1);
      for (const [index, throws] of ["in before", "in the handler", "in after"].entries()) {
        expect(await invoke({ throws })).toMatchObject({
          errorType: "RangeError",
          errorMessage: throws,
        });
        expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(index + 1);
      }
      expect(await shown("faas_invocations_total")).toBe(1);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(4);
      expect(await shown("faas_coldstarts_total")).toBe(1);
      expect(await shown("orders_total")).toBe(3);
    },
  );

  test.each(["first", "outside", "both"])(
    "with prefreeze %s counts an error by the response that another middleware made of it",
    async (exported) => {
      const { invoke } = await deployExport(exported);
      const event = { ...httpEvents["an HTTP API"], throws: "in the handler" };
      expect((await invoke({ ...event, mended: 404 })).result).toEqual({ statusCode: 404 });
      expect((await invoke({ ...event, mended: 503 })).result).toEqual({ statusCode: 503 });
      expect(await shown("faas_invocations_total", { faas_trigger: "http" })).toBe(1);
      expect(await shown("faas_errors_total", { error_type: "503" })).toBe(1);
      expect(await shown("faas_invoke_duration_seconds_count")).toBe(2);
    },
  );

  test.each(["first", "outside", "both"])(
    "with prefreeze %s counts an early response of another middleware at once",
    async (exported) => {
      const { invoke } = await deployExport(exported);
      expect((await invoke({ returnsEarly: true })).result).toEqual({ early: true });
      expect(await shown("faas_invocations_total")).toBe(1);
      expect((await invoke()).result).toEqual({ statusCode: 200, recorded: 1 });
      expect(await shown("faas_invocations_total")).toBe(2);
      expect(await shown("orders_total")).toBe(1);
    },
  );

  test("with prefreeze first counts an error with the next invocation if another middleware's onError throws", async () => {
    const { invoke } = await deployExport("first");
    const thrown = { throws: "in the handler", throwsAgain: true };
    expect((await invoke(thrown)).errorType).toBe("TypeError");
    expect((await invoke()).result).toEqual({ statusCode: 200, recorded: 1 });
    expect(await shown("faas_invocations_total")).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "TypeError" })).toBe(1);
  });

  test("with prefreeze around only the inner handler counts the outcomes of the inner handler", async () => {
    const { invoke } = await deployExport("inside");
    expect((await invoke()).result).toEqual({ statusCode: 200, recorded: 1 });
    await invoke({ throws: "in the handler" });
    expect(await shown("faas_invocations_total")).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
  });
});
