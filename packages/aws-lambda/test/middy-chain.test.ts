import { describe, expect, test } from "vitest";
import { deployBundle } from "./deploy.js";
import { allMiddyVersions, useMiddyBundle } from "./middy-bundle.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const { shown } = gateway;

describe.each(allMiddyVersions)(
  "a middy %s handler that is wrapped before it is finished",
  { timeout: 30_000 },
  (version) => {
    const bundle = useMiddyBundle("fixtures/middy-chain.ts", version);

    const chains: [string, string[]][] = [
      ["used", ["used"]],
      ["usedTwice", ["once", "twice"]],
      ["hooked", ["hooked"]],
      ["detached", ["detached"]],
    ];
    // Middy 2 takes its handler only when it is made.
    if (version > 2) chains.push(["handled", ["handled"]]);

    test.each(chains)("is counted, with its middleware, if it is %s", async (exported, seen) => {
      const env = { PUSHGATEWAY_URL: gateway.url };
      const { invoke } = await deployBundle(bundle(), { exported, env });
      expect((await invoke()).result).toEqual({ recorded: 1, seen });
      expect((await invoke()).result).toEqual({ recorded: 1, seen });
      expect(await shown("faas_invocations_total")).toBe(2);
      expect(await shown("orders_total")).toBe(2);
    });
  },
);
