import fc from "fast-check";

/** Any UTF-16 text, including lone surrogates and characters that are hard to parse. */
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme" }) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }))
      .map((units) => String.fromCharCode(...units)),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(
        fc.constantFrom(
          "\\",
          '"',
          "\n",
          "\r",
          "\0",
          " ",
          "\t",
          "#",
          "{",
          "}",
          ",",
          "=",
          "n",
          "\u2028",
          "\ufeff",
          "\ud800",
          "\udc00",
          "😀",
          "_overflow",
          "# TYPE",
        ),
      )
      .map((parts) => parts.join("")),
  },
);

const name = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/),
  fc
    .tuple(
      fc.constantFrom(
        "",
        "a",
        "b",
        "A",
        "go",
        "go_",
        "process",
        "up",
        "h",
        "target",
        "push_time_seconds",
        "faas_invocations",
        "pushgateway_",
        "scrape",
        "prefreeze_flushes",
        "_",
      ),
      fc.constantFrom(
        "",
        "_total",
        "_count",
        "_sum",
        "_bucket",
        "_info",
        "_created",
        ":",
        "_total_total",
        "goroutines",
      ),
    )
    .map((parts) => parts.join("")),
);

const labelName = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/),
  fc.constantFrom(
    "a",
    "b",
    "c",
    "le",
    "job",
    "instance",
    "quantile",
    "__name__",
    "constructor",
    "_",
    "a-b",
    "zone",
  ),
);

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    0,
    -0,
    1,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    1e21,
    2 ** 53,
  ),
);

const rising = (bounds: number[]) => bounds.sort((a, b) => a - b);

/** Definitions: most are valid, some are not. */
export const definition = fc
  .record({
    type: fc.constantFrom("counter" as const, "gauge" as const, "histogram" as const),
    name,
    // Most names are valid, so that most runs have something to push.
    odd: fc.integer({ min: 0, max: 4 }).map((chance) => chance === 0),
    help: text,
    labelNames: fc.oneof(
      fc.subarray(["a", "b", "constructor", "_"]),
      fc.array(labelName, { maxLength: 3 }),
    ),
    buckets: fc.oneof(
      fc.array(number, { maxLength: 6 }).map(rising),
      fc
        .uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), {
          minLength: 1,
          maxLength: 6,
        })
        .map(rising),
    ),
  })
  .map(({ odd, ...rest }) =>
    odd
      ? rest
      : {
          ...rest,
          name: rest.type === "counter" ? `${rest.name}_total` : `${rest.name}_value`,
          help: rest.help || "Help.",
        },
  );

/** One recording into one of eight metrics, in one of the three ways that each metric offers. */
export const recording = fc.record({
  metric: fc.nat(7),
  method: fc.constantFrom("first", "second", "third"),
  labels: fc.array(fc.oneof(text, number), { minLength: 4, maxLength: 4 }),
  value: number,
});

export type Definition = typeof definition extends fc.Arbitrary<infer D> ? D : never;
export type Recording = typeof recording extends fc.Arbitrary<infer R> ? R : never;
