import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { foundGateways } from "../../../test/pushgateway/gateways.mjs";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import { startRealGateway } from "../../../test/pushgateway/real.js";
import { startGateway } from "../../gateway/src/index.js";
import { type Core, collectWarnings, freshCore } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";

let core: Core;
let warnings: readonly string[];

beforeEach(async () => {
  core = await freshCore();
  warnings = collectWarnings();
});

interface Started {
  readonly url: string;
  stop(): Promise<unknown>;
}

const programs = await foundGateways();
const gateways: readonly { version: string; start: () => Promise<Started> }[] = [
  ...programs.map(({ version, path: program }) => ({
    version: `Pushgateway ${version}`,
    start: () => startRealGateway({ program, flags: ["--log.level=error"] }),
  })),
  { version: "@prefreeze/gateway", start: () => startGateway() },
];

describe.each(gateways)("to $version, what a push says of acknowledged ones", ({ start }) => {
  it.each([
    ["as text", Infinity],
    ["compressed", 0],
  ])("is a comment, %s", async (_, gzipAboveBytes) => {
    const gateway = await start();
    onTestFinished(async () => void (await gateway.stop()));
    const instance = startInstance(core, { url: gateway.url, gzipAboveBytes });
    for (let i = 0; i < 3; i++)
      await core.observe(
        instance,
        () => descriptor({ key: {} }),
        () => Promise.resolve(),
      );
    expect(instance.pusher!.life.acknowledged).toMatchObject({ sequence: 3 });
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(sample(parseText(text), "faas_invocations_total")).toBe(3);
    expect(text).not.toContain("ACKNOWLEDGED");
    expect(warnings).toEqual([]);
  });
});
