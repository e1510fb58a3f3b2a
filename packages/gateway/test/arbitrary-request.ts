import fc from "fast-check";
import { gzipSync } from "node:zlib";
import type { Exchange } from "./exchange.js";

const NAMES = [
  "a_total",
  "b",
  "g",
  "h",
  "h_count",
  "h_sum",
  "s",
  "s_sum",
  "go_goroutines",
  "go_gc_duration_seconds",
];
const VALUES = ["0", "1", "2.5", "-3", "1e6", "123456789", "1e-7", "NaN", "+Inf", "-Inf"];
const TEXTS = ["", "a", "b", "é🦊", "/", "..", 'q"\\\n', " ", "+"];
const GARBAGE = [...'{}=,\\" \t\r\n#e+-.0aN_é', "# HELP ", "# TYPE ", "_count", 'le="'];

const labels = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom("x", "y", "job", "instance", "le", "quantile"),
    fc.constantFrom(...TEXTS),
  ),
  { maxLength: 3, selector: ([name]) => name },
);

const family = fc
  .record({
    name: fc.constantFrom(...NAMES),
    type: fc.constantFrom("counter", "gauge", "histogram", "summary", "untyped", undefined),
    help: fc.constantFrom("One.", "Another.", "Back\\\\slash and\\nline.", undefined),
    samples: fc.array(
      fc.record({
        suffix: fc.constantFrom("", "", "_count", "_sum", "_bucket"),
        spelling: fc.constantFrom("plain", "plain", "plain", "plain", "in quotes", "in braces"),
        labels,
        bound: fc.constantFrom("0.5", "1", "+Inf"),
        value: fc.constantFrom(...VALUES),
        timestamp: fc.constantFrom("", "", "", "", "", "", "", " 1700000000000"),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ type: any, name, help, samples }) => {
    // Only here: beside another type of the same name, the real gateway depends on chance.
    const type = name === "g" ? "gaugehistogram" : any;
    const hasBuckets = type === "histogram" || type === "gaugehistogram";
    const isComplex = hasBuckets || type === "summary";
    return [
      ...(help === undefined ? [] : [`# HELP ${name} ${help}\n`]),
      ...(type === undefined ? [] : [`# TYPE ${name} ${type}\n`]),
      ...samples.map((sample) => {
        const point = hasBuckets ? "le" : "quantile";
        const own = sample.labels.filter(([label]) => !isComplex || label !== point);
        const all = isComplex ? [...own, [point, sample.bound] as const] : own;
        const pairs = all.map(([label, text]) => `${label}="${escape(text)}"`);
        const full = `${name}${isComplex ? sample.suffix : ""}`;
        const start = {
          plain: `${full}{${pairs.join(",")}}`,
          "in quotes": `"${full}"{${pairs.map((pair) => `"${pair.replace("=", '"=')}`).join(",")}}`,
          "in braces": `{${[`"${full}"`, ...pairs].join(", ")}}`,
        }[isComplex && sample.spelling === "in braces" ? "plain" : sample.spelling];
        return `${start} ${sample.value}${sample.timestamp}\n`;
      }),
    ].join("");
  });

/** Mostly valid text. A stain makes some of it invalid. */
const body = fc
  .record({
    families: fc.array(family, { maxLength: 4 }),
    stain: fc.option(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        cut: fc.nat(3),
        put: fc.constantFrom("", ...GARBAGE),
      }),
      { freq: 3 },
    ),
  })
  .map(({ families, stain }) => {
    const text = families.join("");
    if (stain === null) return text;
    // By whole characters, so that no half of one is left.
    const characters = [...text];
    characters.splice(Math.floor(stain.at * characters.length), stain.cut, stain.put);
    return characters.join("");
  });

const grouping = fc
  .uniqueArray(fc.tuple(fc.constantFrom("instance", "x", "zone"), fc.constantFrom(...TEXTS)), {
    maxLength: 2,
    selector: ([name]) => name,
  })
  // An empty instance beside none breaks the real gateway; on-purpose.test.ts tests it.
  .map((pairs) => pairs.filter(([name, value]) => name !== "instance" || value !== ""));

const path = fc
  .record({ job: fc.constantFrom("a", "b"), grouping, raw: fc.boolean() })
  .map(({ job, grouping: pairs, raw }) => {
    const parts = pairs.map(([name, value]) => {
      if (raw) return `/${name}/${encodeURIComponent(value)}`;
      return `/${name}@base64/${Buffer.from(value).toString("base64url") || "="}`;
    });
    return `/metrics/job/${job}${parts.join("")}`;
  });

/** A push or a deletion, with so few jobs and names that requests often meet in a group. */
export const arbitraryRequest: fc.Arbitrary<Exchange> = fc
  .record({
    method: fc.constantFrom("PUT", "PUT", "POST", "POST", "DELETE"),
    path,
    body,
    gzip: fc.boolean(),
  })
  .map((one): Exchange => {
    if (one.method === "DELETE") return { method: one.method, path: one.path };
    if (!one.gzip) return { method: one.method, path: one.path, body: one.body };
    return {
      method: one.method,
      path: one.path,
      body: gzipSync(one.body),
      headers: { "content-encoding": "gzip" },
    };
  });

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
