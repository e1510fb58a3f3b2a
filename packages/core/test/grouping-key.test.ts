import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseText } from "../../../test/pushgateway/parse.js";
import { type RealGateway, startRealGateway } from "../../../test/pushgateway/real.js";
import { fetchTransport } from "../src/adapter.js";
import { groupingKeyPath, pushgateway } from "./internals.js";

describe("groupingKeyPath()", () => {
  it.each([
    ["plain words unchanged", "checkout", "/metrics/job/checkout/instance/one"],
    ["all characters that need no encoding", "A-Za_z09-_", "/metrics/job/A-Za_z09-_/instance/one"],
    ["a slash", "a/b", "/metrics/job@base64/YS9i/instance/one"],
    ["a dot", ".", "/metrics/job@base64/Lg/instance/one"],
    ["two dots", "..", "/metrics/job@base64/Li4/instance/one"],
    ["a plus", "a+b", "/metrics/job@base64/YSti/instance/one"],
    ["an escape", "%2F", "/metrics/job@base64/JTJG/instance/one"],
    ["a space", " ", "/metrics/job@base64/IA/instance/one"],
    [
      "characters that base64 encodes with a plus and a slash",
      "\u00ff\u00fe?>",
      "/metrics/job@base64/w7_Dvj8-/instance/one",
    ],
    ["a lone surrogate", "\ud800", "/metrics/job@base64/77-9/instance/one"],
  ])("writes %s", (_, job, path) => {
    expect(groupingKeyPath({ job, instance: "one", grouping: {} })).toBe(path);
  });

  it("writes grouping labels in one order, so that equal keys are one group", () => {
    const path = "/metrics/job/a/instance/b/region/eu/zone/1";
    expect(
      groupingKeyPath({ job: "a", instance: "b", grouping: { zone: "1", region: "eu" } }),
    ).toBe(path);
    expect(
      groupingKeyPath({ job: "a", instance: "b", grouping: { region: "eu", zone: "1" } }),
    ).toBe(path);
  });

  it.each([
    ["", "one"],
    ["checkout", ""],
  ])("needs a job and an instance (%j, %j)", (job, instance) => {
    expect(() => groupingKeyPath({ job, instance, grouping: {} })).toThrow(
      new TypeError("prefreeze: a group needs a job and an instance"),
    );
  });

  it.each([
    ["le", "1"],
    ["quantile", "1"],
    ["job", "other"],
    ["instance", "other"],
    ["__name__", "a"],
    ["__a", "a"],
    ["a-b", "a"],
    ["9a", "a"],
    ["", "a"],
    ["zone@base64", "YQ"],
    ["zone/eu/a", "a"],
    ["zone", ""],
  ])("refuses the grouping label %j with the value %j", (label, value) => {
    const path = () => groupingKeyPath({ job: "a", instance: "b", grouping: { [label]: value } });
    expect(path).toThrow(TypeError);
    expect(path).toThrow(`prefreeze: grouping label "${label}" `);
  });
});

describe("a group on the real Pushgateway", () => {
  let gateway: RealGateway;

  beforeAll(async () => {
    gateway = await startRealGateway();
  });

  afterAll(async () => {
    await gateway.stop();
  });

  const value = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.string({ unit: "binary", minLength: 1 }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1 })
      .map((units) => String.fromCharCode(...units)),
    fc
      .array(
        fc.constantFrom(
          "/",
          ".",
          "..",
          "%",
          "%2F",
          "%2e",
          "+",
          " ",
          "@base64",
          "?",
          "#",
          "\\",
          "\n",
          "\0",
          "=",
          "a",
          "ä",
          "\ud800",
        ),
        {
          minLength: 1,
          maxLength: 6,
        },
      )
      .map((parts) => parts.join("")),
    fc.integer({ min: 1, max: 1_000 }).map((length) => "é/".repeat(length / 2).padEnd(length, "x")),
  );
  const grouping = fc.dictionary(
    fc
      .stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,10}$/)
      .filter((name) => !/^(__|(le|quantile|job|instance)$)/.test(name)),
    value,
    { maxKeys: 3, noNullPrototype: true },
  );

  it("has exactly the label values that were given", { timeout: 60_000 }, async () => {
    const target = pushgateway({ url: gateway.url, transport: fetchTransport });
    await fc.assert(
      fc.asyncProperty(value, value, grouping, async (job, instance, labels) => {
        const group = { job, instance, grouping: labels };
        await target.send(
          "PUT",
          groupingKeyPath(group),
          "# TYPE probe gauge\nprobe 1\n",
          new AbortController(),
        );
        const written = (text: string) => Buffer.from(text).toString();
        const expected = Object.fromEntries(
          Object.entries({ ...labels, job, instance }).map(([name, text]) => [name, written(text)]),
        );
        const families = parseText(await gateway.metrics());
        const samples = families.find(({ name }) => name === "probe")?.samples ?? [];
        expect(samples.map((sample) => sample.labels)).toContainEqual(expected);
        // The metrics page stays short.
        await target.send("DELETE", groupingKeyPath(group), undefined, new AbortController());
      }),
      { numRuns: 200 },
    );
  });

  it("is deleted by the path to which it was pushed", async () => {
    const target = pushgateway({ url: gateway.url, transport: fetchTransport });
    const group = { job: "../a", instance: "b c", grouping: { zone: "ü" } };
    await gateway.wipe();
    await target.send(
      "PUT",
      groupingKeyPath(group),
      "# TYPE probe gauge\nprobe 1\n",
      new AbortController(),
    );
    await target.send("DELETE", groupingKeyPath(group), undefined, new AbortController());
    await expect.poll(() => gateway.metrics()).not.toContain("probe");
    await expect.poll(() => gateway.metrics()).not.toContain('job="../a"');
  });
});
