import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupPath, parseGroupingKeyPath } from "../src/aggregate.js";
import { type GroupingKey, groupingKeyPath } from "./internals.js";

const value = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.string({ unit: "binary", minLength: 1 }),
  fc
    .array(fc.constantFrom("/", ".", "%2F", "+", " ", "@base64", "\\", "\n", "\0", "=", "a", "ä"), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts) => parts.join("")),
);
const grouping = fc.dictionary(
  fc
    .stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,10}$/)
    .filter((name) => !/^(__|(le|quantile|job|instance)$)/.test(name)),
  value,
  { maxKeys: 3, noNullPrototype: true },
);

describe("parseGroupingKeyPath()", () => {
  it("reads back what groupingKeyPath() writes", () => {
    fc.assert(
      fc.property(value, value, grouping, (job, instance, grouping) => {
        const key: GroupingKey = { job, instance, grouping };
        const path = groupingKeyPath(key);
        const read = parseGroupingKeyPath(path);
        expect(read).toEqual(key);
        expect(groupingKeyPath(read)).toBe(path);
      }),
      { numRuns: 1_000 },
    );
  });

  it("reads every path of the test vectors", () => {
    const { vectors } = JSON.parse(
      readFileSync(new URL("../conformance/grouping-key.json", import.meta.url), "utf8"),
    ) as { vectors: { group: GroupingKey; path: string | null }[] };
    const paths = vectors.flatMap(({ group, path }) => (path ? [[path, group] as const] : []));
    expect(paths.map(([path]) => parseGroupingKeyPath(path))).toEqual(
      paths.map(([, group]) => group),
    );
  });

  it.each([
    [
      "labels in another order",
      "/metrics/job/a/zone/1/instance/b/region/eu",
      { region: "eu", zone: "1" },
    ],
    ["padding", "/metrics/job@base64/YQ==/instance@base64/Yg", {}],
    ["a label called constructor", "/metrics/job/a/instance/b/constructor/c", { constructor: "c" }],
  ])("reads %s", (_, path, grouping) => {
    expect(parseGroupingKeyPath(path)).toEqual({ job: "a", instance: "b", grouping });
  });

  it.each([
    ["", "the path is not that of a group"],
    ["/", "the path is not that of a group"],
    ["/metrics", "the path is not that of a group"],
    ["/metrics/", "the path is not that of a group"],
    ["/metrics/instance/b/job/a", "the path is not that of a group"],
    ["/metrics/job/a/instance", "the path is not that of a group"],
    ["/metrics/job/a/instance/b/", "the path is not that of a group"],
    ["/metrics/job/a/instance/b//c", "the path is not that of a group"],
    ["/metrics/job/a/instance/b?c", 'the value of label "instance" in the path needs base64'],
    ["/metrics/job/a/instance/b%2Fc", 'the value of label "instance" in the path needs base64'],
    ["/metrics/job/../instance/b", 'the value of label "job" in the path needs base64'],
    ["/metrics/job/a", "a group needs a job and an instance"],
    ["/metrics/job//instance/b", "a group needs a job and an instance"],
    ["/metrics/job@base64/=/instance/b", "a group needs a job and an instance"],
    ["/metrics/job/a/instance/b/job/c", 'the path has the label "job" twice'],
    ["/metrics/job/a/instance/b/zone/c/zone/d", 'the path has the label "zone" twice'],
    [
      "/metrics/job/a/instance/b/zone@base64/",
      'grouping label "zone" needs a string that is not empty',
    ],
    [
      "/metrics/job/a/instance/b/zone@base64/=",
      'grouping label "zone" needs a string that is not empty',
    ],
    ["/metrics/job/a/instance/b/le/1", 'grouping label "le" is reserved'],
    ["/metrics/job/a/instance/b/quantile/1", 'grouping label "quantile" is reserved'],
    ["/metrics/job/a/instance/b/__proto__/1", 'grouping label "__proto__" is reserved'],
    ["/metrics/job/a/instance/b/9a/1", 'grouping label "9a" must match [a-zA-Z_][a-zA-Z0-9_]*'],
    [
      "/metrics/job/a/instance@base64/_w",
      'the value of label "instance" in the path is not base64url of UTF-8',
    ],
    [
      "/metrics/job/a/instance@base64/Y",
      'the value of label "instance" in the path is not base64url of UTF-8',
    ],
    [
      "/metrics/job/a/instance@base64/Y*",
      'the value of label "instance" in the path is not base64url of UTF-8',
    ],
    [
      `/metrics/job/a/instance/b/zone/${"x".repeat(1_025)}`,
      'grouping label "zone" is longer than 1024 characters',
    ],
  ])("refuses %s", (path, reason) => {
    expect(() => parseGroupingKeyPath(path)).toThrow(new TypeError(`prefreeze: ${reason}`));
  });
});

describe("groupPath()", () => {
  it("is the path of a group without its instance", () => {
    expect(groupPath({ job: "a", grouping: { zone: "1", region: "e/u" } })).toBe(
      "/metrics/job/a/region@base64/ZS91/zone/1",
    );
    expect(groupPath({ job: "/instance/_", grouping: {} })).toBe(
      "/metrics/job@base64/L2luc3RhbmNlL18",
    );
  });
});
