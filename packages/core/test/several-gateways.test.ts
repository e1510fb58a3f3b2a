import { beforeEach, describe, expect, it } from "vitest";
import type { Instance } from "../src/adapter.js";
import { collectWarnings, type Core, freshCore, valueIn } from "./core.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";
import { startInstance } from "./fake-platform.js";
import { type ScriptedGateway, scriptedGateway } from "./scripted-gateway.js";

let core: Core;
let clock: FakeClock;
let gateway: ScriptedGateway;
let warnings: readonly string[];

const MAX_SILENCE_MS = 600_000;
const gateways = ["http://one:9091", "http://two:9091", "http://three:9091"];

beforeEach(async () => {
  core = await freshCore();
  clock = fakeClock();
  warnings = collectWarnings();
  gateway = scriptedGateway();
});

function start(
  options: Parameters<typeof startInstance>[1],
  env: Record<string, string> = {},
): Instance {
  const { transport } = gateway;
  return startInstance(core, { transport, gzipAboveBytes: Infinity, ...options }, { env });
}

const orders = () => core.counter({ name: "orders_total", help: "Orders." });

async function orderFrom(instance: Instance): Promise<string> {
  orders().inc();
  const flushed = instance.pusher!.flusher.flush();
  await clock.pass(1_000);
  await flushed;
  return gateway.pushes.at(-1)!.gateway;
}

describe("several gateways", () => {
  it.each([
    ["in a list", { url: gateways }, {}],
    ["separated by commas", { url: gateways.join(", ") }, {}],
    ["in the environment", {}, { PUSHGATEWAY_URL: "one:9091,two:9091 , three:9091" }],
  ])("can be given %s", (_, options, env) => {
    expect(start(options, env).settings.gateways.map(({ url }) => url)).toEqual(
      gateways.map((url) => `${url}/`),
    );
    expect(warnings).toEqual([]);
  });

  it("have a username and a password each, which are never printed", async () => {
    const url = [
      "http://a:s3cret-a@one:9091",
      "http://b:s3cret%2Cb@two:9091/",
      "https://three:9091",
    ];
    const { settings } = start({ url });
    expect(settings.gateways).toEqual([
      { url: "http://one:9091/", username: "a", password: "s3cret-a" },
      { url: "http://two:9091/", username: "b", password: "s3cret,b" },
      { url: "https://three:9091/", username: undefined, password: undefined },
    ]);
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    const authorizations = {
      "http://one:9091": basic("a:s3cret-a"),
      "http://two:9091": basic("b:s3cret,b"),
      "https://three:9091": undefined,
    };
    gateway.next(400);
    const seen = new Set<string>();
    for (let i = 0; seen.size < 3 && i < 200; i++) {
      core = await freshCore();
      const gatewayUrl = await orderFrom(start({ url }));
      seen.add(gatewayUrl);
      expect(gateway.pushes.at(-1)!.headers["authorization"]).toBe(
        authorizations[gatewayUrl as keyof typeof authorizations],
      );
      expect(core.explain()).not.toContain("s3cret");
    }
    expect(seen.size).toBe(3);
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.join()).not.toContain("s3cret");
  });

  it("still work if another address is malformed, and the warning shows no credential", () => {
    const { settings } = start({ url: "http://a:s3cret@one:9091,ftp://b:s3cret@two" });
    expect(settings.gateways.map(({ url }) => url)).toEqual(["http://one:9091/"]);
    expect(warnings.join()).toContain(
      "PUSHGATEWAY_URL or the url option starts with neither http:// nor https:// and is left out",
    );
    expect(warnings.join()).not.toContain("s3cret");
  });

  it.each([
    ["http://user:pa,ss@gateway:9091", { url: "http://gateway:9091/", password: "pa,ss" }],
    ["gateway:9091,", { url: "http://gateway:9091/" }],
  ])("are not read from %s, which is a single address", (url, gateway) => {
    expect(start({ url }).settings.gateways).toMatchObject([gateway]);
    expect(warnings).toEqual([]);
  });

  it("are all used, and each instance stays with one", async () => {
    const used = new Set<string>();
    for (let i = 0; used.size < 3 && i < 200; i++) {
      core = await freshCore();
      const instance = start({ url: gateways });
      const first = await orderFrom(instance);
      used.add(first);
      for (let j = 0; j < 3; j++) expect(await orderFrom(instance)).toBe(first);
    }
    expect(used).toEqual(new Set(gateways));
  });
});

describe("an instance whose gateway is down", () => {
  let instance: Instance;
  let home: string;

  beforeEach(async () => {
    instance = start({ url: gateways });
    home = await orderFrom(instance);
    await orderFrom(instance);
  });

  it("stays with it until its life expires, then pushes what was not acknowledged to another, as a new life", async () => {
    const first = instance.pusher!.life.id;
    gateway.at(home, "refused");
    await orderFrom(instance);
    await clock.pass(MAX_SILENCE_MS / 2);
    expect(await orderFrom(instance)).toBe(home);
    expect(instance.pusher!.life.id).toBe(first);
    await clock.pass(MAX_SILENCE_MS / 2);
    const other = await orderFrom(instance);
    expect(other).not.toBe(home);
    expect(instance.pusher!.life.id).not.toBe(first);
    expect(valueIn(gateway.pushes.at(-1)!.body, "orders_total")).toBe(3);
    expect(gateway.sum("orders_total")).toBe(5);
    // The new life stays there, even though the first gateway is back.
    gateway.at(home, undefined);
    expect(await orderFrom(instance)).toBe(other);
    expect(gateway.sum("orders_total")).toBe(6);
    expect(JSON.parse(core.explain())).toMatchObject({ target: `${other}/` });
  });

  it("moves with all its totals if no push to it was ever acknowledged", async () => {
    core = await freshCore();
    const another = start({ url: gateways });
    for (const url of gateways) gateway.at(url, "refused");
    const down = await orderFrom(another);
    gateway.next(200);
    for (const url of gateways) if (url !== down) gateway.at(url, undefined);
    await clock.pass(MAX_SILENCE_MS);
    expect(await orderFrom(another)).not.toBe(down);
    expect(valueIn(gateway.pushes.at(-1)!.body, "orders_total")).toBe(2);
  });

  it("moves on if the next gateway is down, too", async () => {
    gateway.at(home, "refused");
    await orderFrom(instance);
    await clock.pass(MAX_SILENCE_MS);
    const second = await orderFrom(instance);
    expect(second).not.toBe(home);
    gateway.at(second, "refused");
    await orderFrom(instance);
    await clock.pass(MAX_SILENCE_MS);
    const third = await orderFrom(instance);
    expect(third).not.toBe(second);
  });

  it.each(["reset", "silent", 502] as const)(
    "stays if a push ended with %s, since it may have been applied",
    async (answer) => {
      const first = instance.pusher!.life.id;
      gateway.at(home, answer);
      await orderFrom(instance);
      gateway.at(home, "refused");
      await clock.pass(2 * MAX_SILENCE_MS);
      expect(await orderFrom(instance)).toBe(home);
      gateway.at(home, undefined);
      await clock.pass(2 * MAX_SILENCE_MS);
      expect(await orderFrom(instance)).toBe(home);
      expect(instance.pusher!.life.id).toBe(first);
      expect(gateway.sum("orders_total")).toBe(5);
    },
  );

  it("may move to any gateway if only the instance itself was silent", async () => {
    await clock.pass(MAX_SILENCE_MS);
    await orderFrom(instance);
    expect(gateway.instances()).toHaveLength(2);
    expect(gateway.sum("orders_total")).toBe(3);
  });
});
