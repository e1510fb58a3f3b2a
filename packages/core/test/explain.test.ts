import { beforeEach, describe, expect, it } from "vitest";
import { collectWarnings, type Core, freshCore } from "./core.js";
import { descriptor, fakePlatform, startInstance } from "./fake-platform.js";
import { startReceiver } from "./receiver.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

const explained = () => {
  const line = core.explain();
  expect(line).not.toContain("\n");
  return JSON.parse(line) as Record<string, unknown>;
};

describe("explain()", () => {
  it("says that nothing runs before there is a platform", () => {
    expect(explained()).toEqual({
      mode: "inert",
      reason: "nothing is wrapped by instrument() yet",
    });
  });

  it.each([
    [{ disabled: true }, {}, "disabled by the disabled option"],
    [{}, { PREFREEZE_DISABLED: "1" }, "disabled by PREFREEZE_DISABLED"],
  ])("names what disables everything", (options, env, reason) => {
    core.instanceOn(fakePlatform({ env }), options);
    expect(explained()).toEqual({ mode: "inert", reason });
  });

  it("shows the configuration and state, without credentials", async () => {
    const server = await startReceiver();
    const instance = startInstance(
      core,
      {
        url: `${server.url.replace("//", "//userinfo:s3cret@")}/prefix?token=s3cret#s3cret`,
        bearerToken: "s3cret",
        headers: { "x-key": "s3cret" },
        grouping: { zone: "eu" },
        labels: { team: "shop" },
        flushTimeoutMs: 5_000,
        maxSeries: 50,
      },
      { env: { PUSHGATEWAY_PASSWORD: "s3cret" } },
    );
    core.counter({ name: "hits_total", help: "Hits.", labelNames: ["page"] }).inc({ page: "a" });
    await core.observe(
      instance,
      () => descriptor(),
      async () => 1,
    );
    expect(core.explain()).not.toMatch(/s3cret|userinfo/);
    expect(explained()).toEqual({
      mode: "flush before returning",
      reason: "running on test_platform",
      platform: "test_platform",
      target: `${server.url}/prefix`,
      job: "checkout",
      instance: instance.pusher?.life.id,
      life: "new",
      journal: false,
      grouping: { zone: "eu" },
      labels: { team: "shop" },
      sequence: 1,
      format: "text",
      breaker: "closed",
      failuresInARow: 0,
      flushTimeoutMs: 5_000,
      minFlushIntervalMs: 0,
      series: 1,
      maxSeries: 50,
    });
  });

  it("shows how many pushes failed in a row", async () => {
    collectWarnings();
    const server = await startReceiver((response) => response.writeHead(400).end());
    const instance = startInstance(core, { url: server.url });
    for (let i = 0; i < 3; i++)
      await core.observe(
        instance,
        () => descriptor(),
        async () => 1,
      );
    expect(explained()).toMatchObject({ sequence: 3, failuresInARow: 3, breaker: "open" });
  });

  it.each([
    [{}, {}, "PUSHGATEWAY_URL is not set"],
    [{}, { PUSHGATEWAY_URL: "ftp://gateway" }, "PUSHGATEWAY_URL is malformed"],
    [{ url: "ftp://gateway" }, {}, "the url option is malformed"],
  ])("says why there is no address: %j %j", (options, env, reason) => {
    collectWarnings();
    startInstance(core, options, { env });
    expect(explained()).toMatchObject({ mode: "recording only", reason });
    expect(explained()).not.toHaveProperty("target");
  });
});
