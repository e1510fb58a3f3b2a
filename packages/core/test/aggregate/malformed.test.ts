import fc from "fast-check";
import { expect, it } from "vitest";
import { parseText } from "../../../gateway/src/text/parse-text.js";
import { createAggregate, MalformedSnapshot } from "../../src/aggregate.js";
import { acknowledging, histogram, metric, snapshot } from "./snapshot.js";

const GROUP = "/metrics/job/checkout/zone/eu";

const x = (...lines: readonly string[]) => snapshot(1, metric("counter", "x_total", ...lines));
const h = (...lines: readonly string[]) => snapshot(1, metric("histogram", "h", ...lines));
const bucket = (le: string, count: number | string) => `h_bucket{le="${le}"} ${count}`;
const end = ["h_sum 1", "h_count 1"];

it.each([
  ["an empty text", "", "the text does not end with a line feed"],
  ["no final line feed", x("x_total 1").slice(0, -1), "the text does not end with a line feed"],
  ["a text that is cut", x("x_total 1").slice(0, 40), "the text does not end with a line feed"],
  [
    "a text that is cut at a line end",
    metric("counter", "x_total", "x_total 1"),
    'metric "prefreeze_snapshot_sequence" is missing',
  ],
  ["a lone surrogate", x('x_total{a="\ud800"} 1'), "line 3 is not valid Unicode"],
  ["a negative counter", x("x_total -1"), 'metric "x_total" is below zero or no number'],
  ["a counter that is no number", x("x_total NaN"), 'metric "x_total" is below zero or no number'],
  [
    "a value that is no number",
    x("x_total one"),
    'series "x_total" has the value "one", which is not a number',
  ],
  [
    "a hexadecimal value",
    x("x_total 0x10"),
    'series "x_total" has the value "0x10", which is not a number',
  ],
  ["no value", x("x_total "), 'series "x_total" has the value "", which is not a number'],
  [
    "a value of many digits",
    x(`x_total ${"1".repeat(401)}`),
    `series "x_total" has the value "${"1".repeat(100)}…", which is not a number`,
  ],
  ["a timestamp", x("x_total 1 1700000000000"), "line 3 is not a series with one value"],
  ["an exemplar", x('x_total 1 # {a="b"} 1'), "line 3 is not a series with one value"],
  ["an empty line", x("", "x_total 1"), "line 3 is not a series with one value"],
  [
    "a carriage return",
    x("x_total 1\r"),
    'series "x_total" has the value "1\r", which is not a number',
  ],
  ["a series twice", x("x_total 1", "x_total 1"), 'series "x_total" appears twice'],
  [
    "a series twice, in other words",
    x('x_total{a="b",c=""} 1', 'x_total{a="b"} 1'),
    'series "x_total" appears twice',
  ],
  [
    "a TYPE twice",
    snapshot(
      1,
      metric("counter", "x_total", "x_total 1"),
      metric("counter", "x_total", "x_total 1"),
    ),
    'metric "x_total" appears twice',
  ],
  [
    "a sample before its TYPE",
    `x_total 1\n${x("x_total 1")}`,
    'series "x_total" does not follow a TYPE line',
  ],
  ["a sample of another metric", x("y_total 1"), 'series "y_total" is no line of metric "x_total"'],
  [
    "a TYPE without a HELP",
    `# TYPE x_total counter\nx_total 1\n${snapshot(1)}`,
    'the TYPE line of "x_total" does not follow its HELP line',
  ],
  [
    "a HELP without a TYPE",
    `# HELP x_total Help.\n${snapshot(1)}`,
    'metric "x_total" has no TYPE line',
  ],
  [
    "a metric without series",
    snapshot(1, metric("counter", "x_total")),
    'metric "x_total" has no series',
  ],
  [
    "an unknown type",
    snapshot(1, metric("untyped", "x", "x 1")),
    'metric "x" has the unknown type "untyped"',
  ],
  [
    "an unknown escape in a HELP text",
    `# HELP x_total a\\tb\n# TYPE x_total counter\nx_total 1\n${snapshot(1)}`,
    'the HELP text of "x_total" has an unknown escape',
  ],
  [
    "an unknown aggregate",
    snapshot(1, "# HELP g Help.\n# TYPE g gauge\n# AGGREGATE g avg\ng 1\n"),
    'gauge "g" has the unknown aggregate "avg"',
  ],
  [
    "an aggregate of a counter",
    snapshot(
      1,
      "# HELP x_total Help.\n# TYPE x_total counter\n# AGGREGATE x_total sum\nx_total 1\n",
    ),
    'the AGGREGATE line of "x_total" does not follow the TYPE line of a gauge',
  ],
  [
    "a metric called __proto__",
    snapshot(1, metric("counter", "a-b", "a-b 1")),
    '"a-b" is not a metric\'s name',
  ],
  [
    "the name of a gateway's own metric",
    snapshot(1, metric("gauge", "go_goroutines", "go_goroutines 1")),
    'metric name "go_goroutines" is reserved',
  ],
  [
    "a metric of a process with another type than the gateway's own",
    snapshot(1, metric("gauge", "process_cpu_seconds_total", "process_cpu_seconds_total 1")),
    'metric name "process_cpu_seconds_total" is reserved',
  ],
  [
    "the name of an aggregator's own metric",
    snapshot(1, metric("gauge", "prefreeze_instances", "prefreeze_instances 1")),
    'metric name "prefreeze_instances" is reserved',
  ],
  [
    "the label __proto__",
    x('x_total{__proto__="a"} 1'),
    'series "x_total" has the label "__proto__", which is reserved',
  ],
  [
    "the label job",
    x('x_total{job="a"} 1'),
    'series "x_total" has the label "job", which is reserved',
  ],
  [
    "the label instance",
    x('x_total{instance="a"} 1'),
    'series "x_total" has the label "instance", which is reserved',
  ],
  [
    "the label le of a counter",
    x('x_total{le="1"} 1'),
    'series "x_total" has the label "le", which is reserved',
  ],
  [
    "a label of the group",
    x('x_total{zone="a"} 1'),
    'series "x_total" has the label "zone", which is a label of its group',
  ],
  ["a label twice", x('x_total{a="b",a="c"} 1'), 'series "x_total" has the label "a" twice'],
  [
    "a comma after the last label",
    x('x_total{a="b",} 1'),
    'the labels of "x_total" are not NAME="VALUE", separated by commas',
  ],
  [
    "a label without a value",
    x("x_total{a} 1"),
    'the labels of "x_total" are not NAME="VALUE", separated by commas',
  ],
  [
    "an unknown escape in a label",
    x('x_total{a="\\t"} 1'),
    'the labels of "x_total" are not NAME="VALUE", separated by commas',
  ],
  [
    "a label value of a megabyte",
    x(`x_total{a="${"b".repeat(1_000_000)}"} 1`),
    'label "a" of "x_total" is longer than 32768 characters',
  ],
  [
    "buckets that fall",
    h(bucket("1", 2), bucket("+Inf", 1), ...end),
    'metric "h" has a bucket that is not a whole number, or below the one before it',
  ],
  [
    "half an observation",
    h(bucket("+Inf", 0.5), ...end),
    'metric "h" has a bucket that is not a whole number, or below the one before it',
  ],
  [
    "more observations than can be counted",
    h(bucket("+Inf", 1e300), ...end),
    'metric "h" has a bucket that is not a whole number, or below the one before it',
  ],
  ["a histogram without +Inf", h(bucket("1", 1), ...end), 'metric "h" lacks its _bucket line'],
  [
    "a histogram without a count",
    h(bucket("+Inf", 1), "h_sum 1"),
    'metric "h" lacks its _count line',
  ],
  [
    "a histogram without a sum",
    h(bucket("+Inf", 1), "h_count 1"),
    'metric "h" lacks its _sum line',
  ],
  ["a bucket without a bound", h("h_bucket 1", ...end), 'a bucket of "h" has no bound'],
  [
    "bounds in another order",
    h(bucket("2", 1), bucket("1", 1), bucket("+Inf", 1), ...end),
    'the buckets of "h" are not in the order of their bounds',
  ],
  [
    "a bound twice",
    h(bucket("1", 1), bucket("1.0", 1), bucket("+Inf", 1), ...end),
    'the buckets of "h" are not in the order of their bounds',
  ],
  [
    "a count that is not the last bucket",
    h(bucket("+Inf", 2), ...end),
    'metric "h" has a count that is not its last bucket',
  ],
  [
    "a sum that is no number",
    h(bucket("+Inf", 1), "h_sum NaN", "h_count 1"),
    'metric "h" has a sum that is no number',
  ],
  [
    "a summary with quantiles",
    snapshot(1, metric("summary", "s", 's{quantile="0.5"} 1', "s_sum 1", "s_count 1")),
    'series "s" has the label "quantile", which is reserved',
  ],
  [
    "no sequence number",
    metric("counter", "x_total", "x_total 1"),
    'metric "prefreeze_snapshot_sequence" is missing',
  ],
  [
    "the sequence number 0",
    snapshot(0),
    'metric "prefreeze_snapshot_sequence" is not a whole number from 1',
  ],
  [
    "half a sequence number",
    snapshot(1.5),
    'metric "prefreeze_snapshot_sequence" is not a whole number from 1',
  ],
  [
    "an endless sequence number",
    snapshot(2 ** 53),
    'metric "prefreeze_snapshot_sequence" is not a whole number from 1',
  ],
  [
    "two sequence numbers",
    metric(
      "gauge",
      "prefreeze_snapshot_sequence",
      "prefreeze_snapshot_sequence 1",
      'prefreeze_snapshot_sequence{a="b"} 2',
    ),
    'metric "prefreeze_snapshot_sequence" has more than one series',
  ],
  [
    "two target_info",
    snapshot(1, metric("gauge", "target_info", 'target_info{a="b"} 1', 'target_info{a="c"} 1')),
    'metric "target_info" has more than one series',
  ],
  [
    "an acknowledged number above the push's own",
    acknowledging(2, snapshot(1)),
    "the acknowledged sequence number is above the push's own",
  ],
  [
    "an acknowledged number that is none",
    acknowledging(0, snapshot(1)),
    "the acknowledged sequence number is not a whole number from 1",
  ],
  [
    "an ACKNOWLEDGED line that is not the last",
    `# ACKNOWLEDGED 1\n${snapshot(1)}`,
    "the ACKNOWLEDGED line is not the last one",
  ],
])("a snapshot with %s is refused, and changes nothing", (_, text, reason) => {
  const aggregate = createAggregate();
  aggregate.push({ group: GROUP, life: "a", snapshot: x("x_total 1"), atMs: 0 });
  aggregate.changes();
  const before = aggregate.text(GROUP, "pushed", 0);
  for (const life of ["a", "b"])
    expect(() => aggregate.push({ group: GROUP, life, snapshot: text, atMs: 0 })).toThrow(
      new MalformedSnapshot(reason),
    );
  expect(aggregate.changes()).toEqual(new Map());
  expect(aggregate.text(GROUP, "pushed", 0)).toBe(before);
});

it("a group whose path is not that of a job is refused", () => {
  const aggregate = createAggregate();
  for (const group of [
    "",
    "/metrics/job/",
    "/metrics/job/a/instance/b",
    "/metrics/job/a/le/1",
    "/metrics/job@base64/YQ",
  ])
    expect(() => aggregate.push({ group, life: "a", snapshot: snapshot(1), atMs: 0 })).toThrow(
      TypeError,
    );
  expect(aggregate.groups(0)).toEqual([]);
});

const whole = [
  histogram("h", 'q="\\"x\\\\"', [0.1, 1], [1, 2, 3], 4.5),
  metric(
    "counter",
    "orders_total",
    'orders_total{plan=""} 1',
    'orders_total{plan="pro",zone_="eu"} 2e+21',
  ),
  "# HELP g Help.\\n\n# TYPE g gauge\n# AGGREGATE g max\ng -0\n",
  metric("summary", "s", "s_sum -1", "s_count 2"),
  metric("gauge", "target_info", 'target_info{a="b"} 1'),
];

it(
  "what is taken of any damaged snapshot, a gateway takes as well; what is not changes nothing",
  { timeout: 60_000 },
  () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.constantFrom(
        "\n",
        " ",
        '"',
        "\\",
        "{",
        "}",
        ",",
        "=",
        "#",
        "NaN",
        "+Inf",
        "-1",
        "1e999",
        "__proto__",
        "constructor",
        "_bucket",
        "le",
        "# TYPE h counter\n",
        "\ud800",
        "\r",
        "0",
      ),
    );
    const edit = fc.record({ at: fc.nat(2_000), remove: fc.nat(30), insert: piece });
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (edits, isKnown) => {
          let text = acknowledging(1, snapshot(2, ...whole));
          for (const { at, remove, insert } of edits) {
            const from = at % (text.length + 1);
            text = text.slice(0, from) + insert + text.slice(from + remove);
          }
          const aggregate = createAggregate();
          aggregate.push({ group: GROUP, life: "a", snapshot: snapshot(1, ...whole), atMs: 0 });
          aggregate.changes();
          const before = aggregate.page(0);
          try {
            const answer = aggregate.push({
              group: GROUP,
              life: isKnown ? "a" : "b",
              snapshot: text,
              atMs: 0,
            });
            expect(() => parseText(Buffer.from(text))).not.toThrow();
            if (answer === "accepted") {
              expect(parseText(Buffer.from(aggregate.page(0))).length).toBeGreaterThan(0);
              expect(aggregate.changes().size).toBeGreaterThan(0);
              return;
            }
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedSnapshot);
          }
          expect(aggregate.changes()).toEqual(new Map());
          expect(aggregate.page(0)).toBe(before);
        },
      ),
      { numRuns: 1_000 },
    );
  },
);
