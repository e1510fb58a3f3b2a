import { beforeEach, describe, expect, it } from "vitest";
import type { Options } from "../src/index.js";
import { collectWarnings, type Core, freshCore, totalOf } from "./core.js";
import { fakePlatform, descriptor, startInstance } from "./fake-platform.js";
import { startReceiver } from "./receiver.js";

let core: Core;
let warnings: readonly string[];

beforeEach(async () => {
  core = await freshCore();
  warnings = collectWarnings();
});

const url = "http://127.0.0.1:9/";

/** The settings that result from these options and environment variables. */
function settingsOf(options: Options, env: Record<string, string> = {}) {
  return startInstance(core, options, { env }).settings;
}

describe("settings", () => {
  it("have defaults", () => {
    expect(settingsOf({ url })).toEqual({
      gateways: [{ url, username: undefined, password: undefined }],
      bearerToken: undefined,
      job: "checkout",
      instancePrefix: "test",
      grouping: {},
      flushTimeoutMs: 1_000,
      minFlushIntervalMs: 0,
      maxSeries: 1_000,
    });
    expect(warnings).toEqual([]);
  });

  const variables = {
    PUSHGATEWAY_URL: "https://gateway.example:9091/prefix",
    PUSHGATEWAY_USERNAME: "user",
    PUSHGATEWAY_PASSWORD: "password",
    PUSHGATEWAY_BEARER_TOKEN: "token",
    PREFREEZE_JOB: "job",
    PREFREEZE_INSTANCE_PREFIX: "prefix",
    PREFREEZE_GROUPING: "zone=eu, tier = a=b ",
    PREFREEZE_FLUSH_TIMEOUT_MS: "250",
    PREFREEZE_MAX_SERIES: "50",
  };

  it("are read from the environment", () => {
    expect(settingsOf({}, variables)).toEqual({
      gateways: [
        { url: "https://gateway.example:9091/prefix", username: "user", password: "password" },
      ],
      bearerToken: "token",
      job: "job",
      instancePrefix: "prefix",
      grouping: { zone: "eu", tier: "a=b" },
      flushTimeoutMs: 250,
      minFlushIntervalMs: 0,
      maxSeries: 50,
    });
    expect(core.catalog.maxSeries).toBe(50);
    expect(warnings).toEqual([]);
  });

  it("are read from options first", () => {
    const options = {
      url: "http://other.example/",
      username: "other user",
      password: "other password",
      bearerToken: "other token",
      job: "other job",
      instancePrefix: "other prefix",
      grouping: { region: "us" },
      flushTimeoutMs: 1,
      maxSeries: 100_000,
    };
    const { url: other, username, password, ...rest } = options;
    expect(settingsOf(options, variables)).toEqual({
      gateways: [{ url: other, username, password }],
      minFlushIntervalMs: 0,
      ...rest,
    });
    expect(warnings).toEqual([]);
  });

  it("ignore options that are undefined and variables that are empty", () => {
    const options = {
      url: undefined,
      job: undefined,
      flushTimeoutMs: undefined,
      grouping: undefined,
    };
    const env = {
      PUSHGATEWAY_URL: url,
      PREFREEZE_JOB: " ",
      PREFREEZE_MAX_SERIES: "",
      PREFREEZE_GROUPING: "",
    };
    expect(settingsOf(options, env)).toMatchObject({
      gateways: [{ url }],
      job: "checkout",
      maxSeries: 1_000,
      grouping: {},
    });
    expect(warnings).toEqual([]);
  });

  it.each([
    ["PREFREEZE_FLUSH_TIMEOUT_MS", "0", { flushTimeoutMs: 1_000 }],
    ["PREFREEZE_FLUSH_TIMEOUT_MS", "-5", { flushTimeoutMs: 1_000 }],
    ["PREFREEZE_FLUSH_TIMEOUT_MS", "1.5", { flushTimeoutMs: 1_000 }],
    ["PREFREEZE_FLUSH_TIMEOUT_MS", "1e3", { flushTimeoutMs: 1_000 }],
    ["PREFREEZE_FLUSH_TIMEOUT_MS", "1s", { flushTimeoutMs: 1_000 }],
    ["PREFREEZE_FLUSH_TIMEOUT_MS", "30001", { flushTimeoutMs: 1_000 }],
    ["PREFREEZE_FLUSH_TIMEOUT_MS", "Infinity", { flushTimeoutMs: 1_000 }],
    ["PREFREEZE_MAX_SERIES", "0", { maxSeries: 1_000 }],
    ["PREFREEZE_MAX_SERIES", "100001", { maxSeries: 1_000 }],
    ["PREFREEZE_MAX_SERIES", "many", { maxSeries: 1_000 }],
    ["PREFREEZE_GROUPING", "zone", { grouping: {} }],
    ["PREFREEZE_GROUPING", "zone=", { grouping: {} }],
    ["PREFREEZE_GROUPING", "=eu", { grouping: {} }],
    ["PREFREEZE_GROUPING", "a-b=eu,zone=eu", { grouping: { zone: "eu" } }],
    ["PREFREEZE_GROUPING", "job=a,zone=eu", { grouping: { zone: "eu" } }],
    ["PREFREEZE_GROUPING", "le=a,zone=eu", { grouping: { zone: "eu" } }],
    ["PREFREEZE_GROUPING", "__a=a,zone=eu", { grouping: { zone: "eu" } }],
    ["PREFREEZE_GROUPING", "zone=eu,zone=us", { grouping: { zone: "eu" } }],
    ["PREFREEZE_GROUPING", "faas_trigger=a", { grouping: {} }],
    ["PREFREEZE_GROUPING", "faas_name=a", { grouping: {} }],
    ["PREFREEZE_DISABLED", "yes", {}],
  ])(
    "%s=%s is ignored with one warning that names it, and the default applies",
    (variable, value, expected) => {
      const settings = settingsOf({}, { PUSHGATEWAY_URL: url, [variable]: value });
      startInstance(core, {}, { env: { [variable]: value } });
      expect(settings).toMatchObject(expected);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain(variable);
      expect(warnings[0]).not.toContain("\n");
    },
  );

  it.each([
    "https://",
    "ftp://s3cret@gateway/",
    "httpx://s3cret/",
    "http://s3cret gateway/",
    "//",
    "http://u:%zz-s3cret@gateway/",
  ])(
    "PUSHGATEWAY_URL=%s is ignored with one warning that does not print it; metrics are recorded",
    async (value) => {
      const instance = startInstance(core, {}, { env: { PUSHGATEWAY_URL: value } });
      const hits = core.counter({ name: "hits_total", help: "Hits." });
      await core.observe(
        instance,
        () => descriptor(),
        async () => hits.inc(),
      );
      expect(totalOf(core, "hits_total")).toBe(1);
      expect(instance.pusher).toBeUndefined();
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain("PUSHGATEWAY_URL");
      expect(warnings[0]).not.toContain("s3cret");
      expect(core.explain()).not.toContain("s3cret");
    },
  );

  it("without an address still record, and one warning says so", async () => {
    const instance = startInstance(core);
    startInstance(core);
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    await core.observe(
      instance,
      () => descriptor(),
      async () => hits.inc(),
    );
    expect(totalOf(core, "hits_total")).toBe(1);
    expect(warnings).toEqual(["prefreeze: PUSHGATEWAY_URL is not set: nothing is pushed"]);
  });

  it.each([
    ["gateway:9091", "http://gateway:9091/"],
    ["10.0.0.1:9091/prefix", "http://10.0.0.1:9091/prefix"],
    ["[::1]:9091", "http://[::1]:9091/"],
    [" https://gateway/ ", "https://gateway/"],
    ["http://gateway/a/../b?query#hash", "http://gateway/b"],
  ])("accept %s as an address", (value, address) => {
    expect(settingsOf({ url: value }).gateways[0]?.url).toBe(address);
    expect(warnings).toEqual([]);
  });

  it("use an address's userinfo for basic auth, and never print it", async () => {
    const server = await startReceiver((response) => response.writeHead(500).end());
    const instance = startInstance(core, {
      url: server.url.replace("//", "//us%20er:p%C3%A4ss%2Fs3cret@"),
    });
    await core.observe(
      instance,
      () => descriptor(),
      async () => 1,
    );
    expect(server.received[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from("us er:päss/s3cret").toString("base64")}`,
    );
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`push to ${server.url}/ failed`);
    expect(`${warnings.join()}${core.explain()}`).not.toMatch(/s3cret|us er|us%20er/);
  });

  it("use the username and password options rather than the address's", () => {
    const settings = settingsOf(
      { url: "http://a:b@gateway/", username: "c" },
      { PUSHGATEWAY_PASSWORD: "d" },
    );
    expect(settings.gateways).toEqual([{ url: "http://gateway/", username: "c", password: "d" }]);
  });

  it("never print credentials that cannot be sent in a header", async () => {
    const instance = startInstance(core, { url, bearerToken: "s3cret\u0001" });
    await core.observe(
      instance,
      () => descriptor(),
      async () => 1,
    );
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("header authorization has characters that HTTP forbids");
    expect(warnings[0]).not.toContain("s3cret");
  });

  it("of a second call are ignored if they differ, with one warning each", () => {
    startInstance(core, { url, job: "first" });
    expect(startInstance(core, { url, job: "second" }).settings.job).toBe("first");
    startInstance(core, { url, job: "third" });
    expect(warnings).toEqual([
      "prefreeze: the job option is ignored, since the first instrument() has set it; pass the same options everywhere",
    ]);
  });
});

describe("the grouping option", () => {
  it.each([
    [{ "a-b": "x" }, 'grouping label "a-b"'],
    [{ zone: "" }, 'grouping label "zone"'],
    [{ instance: "x" }, 'grouping label "instance"'],
    [{ __x: "x" }, 'grouping label "__x"'],
    [{ faas_trigger: "x" }, 'grouping label "faas_trigger"'],
  ])("is refused at once if it is %j", (grouping, fault) => {
    const start = () => core.instanceOn(fakePlatform(), { url, grouping });
    expect(start).toThrow(TypeError);
    expect(start).toThrow(fault);
  });

  it("is refused if a metric has a label of that name", () => {
    core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
    expect(() => core.instanceOn(fakePlatform(), { url, grouping: { plan: "pro" } })).toThrow(
      'grouping label "plan" is a label of the metric "orders_total" already',
    );
  });

  it("from the environment loses a label that a metric has, with one warning", () => {
    core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
    expect(settingsOf({ url }, { PREFREEZE_GROUPING: "plan=pro,zone=eu" }).grouping).toEqual({
      zone: "eu",
    });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("PREFREEZE_GROUPING");
    expect(warnings[0]).toContain('"plan"');
  });

  it("may have labels named like properties that every object inherits", () => {
    expect({
      ...settingsOf({ url }, { PREFREEZE_GROUPING: "constructor=a,toString=b" }).grouping,
    }).toEqual({
      constructor: "a",
      toString: "b",
    });
    expect(warnings).toEqual([]);
  });

  it("can be set again after it was refused", () => {
    expect(() => core.instanceOn(fakePlatform(), { url, grouping: { le: "1" } })).toThrow();
    expect(startInstance(core, { url, grouping: { zone: "1" } }).settings.grouping).toEqual({
      zone: "1",
    });
  });
});

describe("an instance", () => {
  it.each([
    [{ disabled: true }, {}],
    [{}, { PREFREEZE_DISABLED: "1" }],
    [{}, { PREFREEZE_DISABLED: "TRUE" }],
    [{ disabled: true }, { PREFREEZE_DISABLED: "0" }],
  ])("does not exist if it is disabled: %j %j", (options, env) => {
    expect(core.instanceOn(fakePlatform({ env }), options)).toBeUndefined();
    expect(core.currentInstance()).toBeUndefined();
    expect(JSON.parse(core.explain())).toMatchObject({ mode: "inert" });
    expect(warnings).toEqual([]);
  });

  it.each([
    [{ disabled: false }, { PREFREEZE_DISABLED: "1" }],
    [{}, { PREFREEZE_DISABLED: "0" }],
    [{}, { PREFREEZE_DISABLED: "False" }],
    [{}, { PREFREEZE_DISABLED: "" }],
  ])("exists if it is not disabled: %j %j", (options, env) => {
    expect(core.instanceOn(fakePlatform({ env }), { url, ...options })).toBeDefined();
    expect(warnings).toEqual([]);
  });

  it("pushes its group, its labels and target_info", async () => {
    const server = await startReceiver();
    const instance = startInstance(
      core,
      { url: server.url, grouping: { zone: "eu" }, job: "a/b" },
      {
        targetInfo: { faas_name: "checkout", cloud_region: undefined, faas_version: "" },
        initDurationMs: 250,
      },
    );
    await core.observe(
      instance,
      () => descriptor(),
      async () => 1,
    );
    const [request] = server.received;
    expect(request?.method).toBe("PUT");
    expect(request?.path).toBe(
      `/metrics/job@base64/YS9i/instance/${instance.pusher?.life.id}/zone/eu`,
    );
    const body = request!.body.toString();
    expect(body).toContain('\ntarget_info{faas_name="checkout"} 1\n');
    expect(body).toContain(
      "\nfaas_init_duration_seconds_sum 0.25\nfaas_init_duration_seconds_count 1\n",
    );
    // Each family appears once, sorted by name.
    const families = [...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(families).toEqual([...new Set(families)].sort());
    expect(families).toContain("prefreeze_snapshot_sequence");
  });

  it("has an id that no other life has", async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 20; i++) {
      core = await freshCore();
      ids.add(startInstance(core, { url, instancePrefix: "blue" }).pusher!.life.id);
    }
    expect(ids.size).toBe(20);
    for (const id of ids) expect(id).toMatch(/^blue-[0-9a-f-]{23}$/);
  });

  it("is the same for every caller", () => {
    expect(startInstance(core, { url })).toBe(startInstance(core, { url }));
  });
});
