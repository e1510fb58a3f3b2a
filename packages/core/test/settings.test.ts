import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
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
      labels: {},
      flushTimeoutMs: 1_000,
      minFlushIntervalMs: 0,
      maxSeries: 1_000,
      maxLabelBytes: 1_024,
      format: undefined,
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
    PREFREEZE_LABELS: "team=shop, owner = a=b ",
    PREFREEZE_FLUSH_TIMEOUT_MS: "250",
    PREFREEZE_MAX_SERIES: "50",
    PREFREEZE_MAX_LABEL_BYTES: "200",
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
      labels: { team: "shop", owner: "a=b" },
      flushTimeoutMs: 250,
      minFlushIntervalMs: 0,
      maxSeries: 50,
      maxLabelBytes: 200,
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
      labels: { team: "search" },
      flushTimeoutMs: 1,
      maxSeries: 100_000,
      maxLabelBytes: 300,
    };
    const { url: other, username, password, ...rest } = options;
    expect(settingsOf(options, variables)).toEqual({
      gateways: [{ url: other, username, password }],
      minFlushIntervalMs: 0,
      ...rest,
    });
    expect(warnings).toEqual([]);
  });

  it("take an option of 0 for one that is given", () => {
    const env = { PREFREEZE_MAX_SERIES: "50" };
    expect(settingsOf({ url, maxSeries: 0 }, env)).not.toHaveProperty("maxSeries", 50);
    expect(warnings).toEqual([
      "prefreeze: the maxSeries option is not a whole number from 1 to 100000 and is ignored",
    ]);
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
      maxLabelBytes: 1_024,
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
    ["PREFREEZE_MAX_LABEL_BYTES", "0", { maxLabelBytes: 1_024 }],
    ["PREFREEZE_MAX_LABEL_BYTES", "16385", { maxLabelBytes: 1_024 }],
    ["PREFREEZE_JOB", "j".repeat(256), { job: "checkout" }],
    ["PREFREEZE_INSTANCE_PREFIX", "p".repeat(256), { instancePrefix: "test" }],
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
      expect(warnings[0]).not.toMatch(/malformed|TypeError/);
    },
  );

  it.each([
    ["PREFREEZE_FLUSH_TIMEOUT_MS", "1s", "is not a whole number from 1 to 30000"],
    ["PREFREEZE_MIN_FLUSH_INTERVAL_MS", "-1", "is not a whole number from 0 to 60000"],
    ["PREFREEZE_DISABLED", "yes", "is not 1, true, 0 or false"],
  ])("%s=%s: the warning says %s", (variable, value, reason) => {
    settingsOf({}, { PUSHGATEWAY_URL: url, [variable]: value });
    expect(warnings).toEqual([`prefreeze: ${variable} ${reason} and is ignored`]);
  });

  it("PREFREEZE_GROUPING=le=a: the warning says why", () => {
    settingsOf({ url }, { PREFREEZE_GROUPING: "le=a" });
    expect(warnings).toEqual([
      'prefreeze: PREFREEZE_GROUPING: grouping label "le" is reserved; the label is ignored',
    ]);
  });

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
      "prefreeze: the job option is ignored: the first instrument() has set it",
    ]);
  });
});

/** What a binding of Cloudflare's Secrets Store is: an object that reads its text when asked. */
class SecretBinding {
  readonly #text: unknown;
  reads = 0;
  constructor(text: unknown) {
    this.#text = text;
  }
  async get(): Promise<string> {
    this.reads++;
    if (this.#text instanceof Error) throw this.#text;
    return this.#text as string;
  }
}

describe("values that are not text", () => {
  const invoke = (instance: ReturnType<typeof startInstance>) =>
    core.observe(
      instance,
      () => descriptor({ key: {} }),
      async () => 1,
    );
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

  it.each([
    [{ PUSHGATEWAY_PASSWORD: new SecretBinding(" pass word ") }, basic("user: pass word ")],
    [{ PUSHGATEWAY_USERNAME: new SecretBinding("other") }, basic("other:")],
    [{ PUSHGATEWAY_BEARER_TOKEN: new SecretBinding("t0ken") }, "Bearer t0ken"],
  ])("are read from a binding, once for all pushes: %o", async (bindings, authorization) => {
    const server = await startReceiver();
    const env = { PUSHGATEWAY_URL: server.url, PUSHGATEWAY_USERNAME: "user", ...bindings };
    const instance = startInstance(core, {}, { env });
    await invoke(instance);
    await invoke(instance);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      authorization,
      authorization,
    ]);
    expect(Object.values(bindings)[0]?.reads).toBe(1);
    expect(warnings).toEqual([]);
  });

  it("are read again after a 401, since the secret may have been rotated", async () => {
    let status = 401;
    const server = await startReceiver((response) => response.writeHead(status).end());
    const password = new SecretBinding("new");
    const env = { PUSHGATEWAY_URL: server.url, PUSHGATEWAY_PASSWORD: password };
    const instance = startInstance(core, {}, { env });
    await invoke(instance);
    status = 200;
    await invoke(instance);
    expect(password.reads).toBe(2);
  });

  it.each([
    [new Error("no such secret"), "the password cannot be read: no such secret"],
    [{}, "the password that was read is not text"],
  ])("fail the push if they cannot be read: %o", async (text, reason) => {
    const server = await startReceiver();
    const env = { PUSHGATEWAY_URL: server.url, PUSHGATEWAY_PASSWORD: new SecretBinding(text) };
    await invoke(startInstance(core, {}, { env }));
    expect(server.received).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`failed: ${reason}`);
  });

  it.each([
    ["PUSHGATEWAY_URL", new SecretBinding("http://gateway")],
    ["PUSHGATEWAY_PASSWORD", { text: "x" }],
    ["PREFREEZE_JOB", {}],
    ["PREFREEZE_INSTANCE_PREFIX", Object.create(null)],
    ["PREFREEZE_MAX_SERIES", () => 1],
    ["PREFREEZE_GROUPING", { zone: "eu" }],
    ["PREFREEZE_DISABLED", Symbol("1")],
  ])("of %s are ignored with one warning that names it", (variable, value) => {
    const env = { PUSHGATEWAY_URL: url, [variable]: value };
    startInstance(core, {}, { env });
    startInstance(core, {}, { env });
    expect(warnings).toEqual([`prefreeze: ${variable} is not text and is ignored`]);
    expect(core.explain()).not.toContain("[object");
  });

  it("may be numbers and truth values, in options and in variables", () => {
    const env = { PREFREEZE_MAX_SERIES: 50, PREFREEZE_JOB: 7, PREFREEZE_DISABLED: false };
    const password = 12_345 as unknown as string;
    expect(settingsOf({ url, password }, env as unknown as Record<string, string>)).toMatchObject({
      maxSeries: 50,
      job: "7",
      gateways: [{ url, password: "12345" }],
    });
    expect(warnings).toEqual([]);
  });

  it("are refused in options, too", () => {
    settingsOf({ url, job: { name: "a" } as unknown as string });
    expect(warnings).toEqual(["prefreeze: the job option is not text and is ignored"]);
  });
});

describe("a password", () => {
  it.each([
    [" two  words ", " two  words "],
    ["of a file\n", "of a file"],
    ["of a file\r\n", "of a file"],
    [" ", " "],
  ])("%j keeps the spaces around it", (given, password) => {
    expect(settingsOf({ url, password: given }).gateways[0]?.password).toBe(password);
    expect(settingsOf({ url }, { PUSHGATEWAY_PASSWORD: given }).gateways[0]?.password).toBe(
      password,
    );
  });
});

describe("options of a second call", () => {
  it.each<[string, Options, Options]>([
    ["equal lists", { url: ["http://a", "http://b"] }, { url: ["http://a", "http://b"] }],
    ["equal objects", { grouping: { a: "1", b: "2" } }, { grouping: { b: "2", a: "1" } }],
    ["equal headers", { headers: { a: "1" } }, { headers: { a: "1" } }],
    ["nothing", { job: "a" }, { job: undefined }],
    ["an empty list, as the Lambda layer passes", {}, { measures: [] } as Options],
  ])("that are %s are no reason to warn", (_, first, second) => {
    startInstance(core, { url, ...first });
    startInstance(core, { url, ...first, ...second });
    expect(warnings).toEqual([]);
  });

  it.each<[Options, Options]>([
    [{ url: ["http://a", "http://b"] }, { url: ["http://b", "http://a"] }],
    [{ headers: { a: "1" } }, { headers: { a: "2" } }],
    [{ headers: { a: "1" } }, { headers: { a: "1", b: "2" } }],
    [{ headers: () => ({}) }, { headers: () => ({}) }],
  ])("that differ are ignored with a warning: %o %o", (first, second) => {
    startInstance(core, { url, ...first });
    startInstance(core, { url, ...second });
    expect(warnings).toEqual([
      `prefreeze: the ${Object.keys(second)[0]} option is ignored: the first instrument() has set it`,
    ]);
  });
});

describe("what other code has put on Object.prototype", () => {
  it("is no option, no header and no grouping label", async () => {
    const server = await startReceiver();
    const options = { url: server.url, headers: { "x-key": "a" }, grouping: { zone: "eu" } };
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    const names = { extra: 1, job: "theirs", maxSeries: {}, transport: 1, headers: { a: "b" } };
    onTestFinished(() => {
      for (const name of Object.keys(names)) delete polluted[name];
    });
    Object.assign(polluted, names);
    const instance = startInstance(core, options);
    for (const name of Object.keys(names)) delete polluted[name];
    Object.assign(polluted, { extra: 1 });
    startInstance(core, { ...options });
    await core.observe(
      instance,
      () => descriptor(),
      async () => 1,
    );
    expect(instance.settings).toMatchObject({ job: "checkout", grouping: { zone: "eu" } });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.headers).toMatchObject({ "x-key": "a" });
    expect(Object.keys(server.received[0]?.headers ?? {})).not.toContain("extra");
    expect(warnings).toEqual([]);
  });
});

describe.each(["store", "pushWindow"])("a %s on Object.prototype", (name) => {
  it("is no part of a platform: no recording throws, and all is pushed", async () => {
    const server = await startReceiver();
    const { store: _, ...platform } = fakePlatform();
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    polluted[name] = "theirs";
    onTestFinished(() => void Reflect.deleteProperty(polluted, name));
    const instance = core.instanceOn(platform, { url: server.url });
    const hits = core.counter({ name: "hits_total", help: "Hits." });
    await core.observe(
      instance,
      () => descriptor(),
      async () => hits.inc(),
    );
    expect(String(server.received[0]?.body)).toContain("\nhits_total 1\n");
    expect(warnings).toEqual([]);
  });
});

describe("a metric with a label of PREFREEZE_GROUPING that is defined later", () => {
  it("loses its recordings, with one warning; nothing throws, and all else is pushed", async () => {
    const server = await startReceiver();
    const env = { PUSHGATEWAY_URL: server.url, PREFREEZE_GROUPING: "plan=x" };
    const instance = startInstance(core, {}, { env });
    await core.observe(
      instance,
      () => descriptor(),
      async () => {
        const orders = core.counter({
          name: "orders_total",
          help: "Orders.",
          labelNames: ["plan"],
        });
        orders.inc({ plan: "pro" });
        orders.labels("free").inc();
        core.counter({ name: "hits_total", help: "Hits." }).inc();
      },
    );
    const body = String(server.received[0]?.body);
    expect(body).toContain("\nhits_total 1\n");
    expect(body).toContain("\nprefreeze_dropped_recordings_total 2\n");
    expect(body).not.toContain("orders_total");
    expect(warnings).toEqual([
      'prefreeze: metric "orders_total": label "plan" is in PREFREEZE_GROUPING or PREFREEZE_LABELS, too; this recording is dropped',
    ]);
  });

  it("throws as before if the label is one of the grouping option", () => {
    startInstance(core, { url, grouping: { plan: "x" } });
    expect(() =>
      core.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] }),
    ).toThrow('label "plan" is a grouping or constant label already');
  });
});

describe("the grouping option", () => {
  it.each([
    [{ "a-b": "x" }, 'grouping label "a-b"'],
    [{ zone: "" }, 'grouping label "zone"'],
    [{ instance: "x" }, 'grouping label "instance"'],
    [{ __x: "x" }, 'grouping label "__x"'],
    [{ faas_trigger: "x" }, 'grouping label "faas_trigger"'],
    [{ result: "x" }, 'is a label of the metric "prefreeze_flushes_total" already'],
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
