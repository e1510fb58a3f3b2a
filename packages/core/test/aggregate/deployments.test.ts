import { expect, it } from "vitest";
import { type Aggregate, type AggregateOptions, createAggregate } from "../../src/aggregate.js";
import { histogram, metric, snapshot } from "./snapshot.js";

const GROUP = "/metrics/job/checkout";
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

function start(options?: AggregateOptions) {
  const warnings: string[] = [];
  const aggregate = createAggregate({ warn: (message) => void warnings.push(message), ...options });
  const sequences = new Map<string, number>();
  const push = (life: string, atMs: number, ...metrics: readonly string[]) => {
    const sequence = (sequences.get(life) ?? 0) + 1;
    sequences.set(life, sequence);
    return aggregate.push({ group: GROUP, life, snapshot: snapshot(sequence, ...metrics), atMs });
  };
  return { aggregate, push, warnings };
}

/** The output past the zeros of new series, without headers and the number of instances. */
function lines(aggregate: Aggregate, atMs: number): string[] {
  for (let i = 0; i < 2; i++) {
    aggregate.text(GROUP, "scraped", atMs);
    aggregate.shown(GROUP, "scraped", atMs);
  }
  const text = aggregate.text(GROUP, "scraped", atMs);
  return text.split("\n").filter((line) => line && !/^(#|prefreeze_instances)/.test(line));
}

const counter = (value: number, labels = "") =>
  metric("counter", "x_total", `x_total${labels} ${value}`);
const gauge = (value: string | number, aggregate?: string) =>
  `# HELP g Help.\n# TYPE g gauge\n${aggregate ? `# AGGREGATE g ${aggregate}\n` : ""}g ${value}\n`;

it("bounds that change: common ones stay exact, and others count in the next higher one", () => {
  const { aggregate, push } = start();
  push("old", 0, histogram("h", "", [1, 2, 5], [1, 1, 1, 1], 10));
  push("new", 0, histogram("h", "", [2, 10], [0, 1, 0], 7));
  const shown = [
    'h_bucket{le="2"} 2',
    'h_bucket{le="10"} 4',
    'h_bucket{le="+Inf"} 5',
    "h_sum 17",
    "h_count 5",
  ];
  expect(lines(aggregate, 0)).toEqual(shown);
  push("old", 1, histogram("h", "", [1, 2, 5], [1, 1, 1, 2], 20));
  expect(lines(aggregate, 1)).toEqual([
    'h_bucket{le="2"} 2',
    'h_bucket{le="10"} 4',
    'h_bucket{le="+Inf"} 6',
    "h_sum 27",
    "h_count 6",
  ]);
});

it("bounds that an older deployment brings back are shown once the newer one is silent, and nothing is lost", () => {
  const { aggregate, push } = start();
  push("old", 0, histogram("h", "", [1, 2], [1, 1, 0], 2));
  push("new", 0, histogram("h", "", [2, 10], [0, 1, 0], 7));
  push("old", 11 * MINUTE_MS, histogram("h", "", [1, 2], [2, 1, 0], 3));
  expect(lines(aggregate, 11 * MINUTE_MS)).toEqual([
    'h_bucket{le="1"} 2',
    'h_bucket{le="2"} 3',
    'h_bucket{le="+Inf"} 4',
    "h_sum 10",
    "h_count 4",
  ]);
  expect(lines(aggregate, HOUR_MS)).toContain('h_bucket{le="1"} 2');
});

it("labels that come and go are series of their own, whatever their order; an empty one is none", () => {
  const { aggregate, push } = start();
  push("a", 0, counter(1, '{a="1"}'));
  push("b", 0, counter(2, '{a="1",b="2"}'));
  push("c", 0, counter(4, '{b="2",a="1"}'));
  push("d", 0, counter(8, '{a="1",b=""}'));
  expect(lines(aggregate, 0)).toEqual(['x_total{a="1"} 9', 'x_total{a="1",b="2"} 6']);
});

it("a series that a newer snapshot lacks keeps its value, and goes on from there when it comes back", () => {
  const { aggregate, push } = start();
  push("a", 0, counter(5));
  push("a", 0, metric("counter", "y_total", "y_total 1"));
  expect(lines(aggregate, 0)).toEqual(["x_total 5", "y_total 1"]);
  push("a", 0, counter(7));
  expect(lines(aggregate, 0)).toEqual(["x_total 7", "y_total 1"]);
});

it("a counter that falls under one life keeps its highest value", () => {
  const { aggregate, push } = start();
  for (const value of [5, 2, 6]) push("a", 0, counter(value));
  expect(lines(aggregate, 0)).toEqual(["x_total 6"]);
});

it("the sum of negative observations falls as it should", () => {
  const { aggregate, push } = start();
  push("a", 0, metric("summary", "s", "s_sum 3", "s_count 1"));
  push("a", 0, metric("summary", "s", "s_sum -1", "s_count 2"));
  expect(lines(aggregate, 0)).toEqual(["s_sum -1", "s_count 2"]);
});

it("a metric that changes its type is shown with the newest one, warned of once, and neither is lost", () => {
  const { aggregate, push, warnings } = start();
  push("old", 0, metric("counter", "x", "x 5"));
  push("new", 0, metric("summary", "x", "x_sum 1", "x_count 2"));
  push("old", 1, metric("counter", "x", "x 6"));
  push("new", 1, metric("summary", "x", "x_sum 2", "x_count 3"));
  expect(lines(aggregate, 1)).toEqual(["x_sum 2", "x_count 3"]);
  push("old", 20 * MINUTE_MS, metric("counter", "x", "x 7"));
  expect(lines(aggregate, 20 * MINUTE_MS)).toEqual(["x 7"]);
  expect(warnings).toEqual([
    'prefreeze: metric "x" of job "checkout" is a summary in some instances and a counter in others: the newest of them is shown',
  ]);
});

it("of two metrics whose series have the same name, the newest is shown, with one warning", () => {
  const { aggregate, push, warnings } = start();
  push("a", 0, histogram("h", "", [1], [1, 0], 1));
  push("b", 0, metric("gauge", "h_count", "h_count 5"));
  push("a", 0, histogram("h", "", [1], [2, 0], 1));
  expect(lines(aggregate, 0)).toEqual(["h_count 5"]);
  expect(lines(aggregate, 0)).toEqual(["h_count 5"]);
  expect(warnings).toEqual([
    'prefreeze: metrics "h_count" and "h" of job "checkout" have series with the same name: the newest of them is shown',
  ]);
});

it("series above the limit add up in one overflow series for each metric, with one warning", () => {
  const { aggregate, push, warnings } = start({ maxSeries: 2 });
  push("a", 0, counter(1, '{a="1",b="x"}'));
  push("b", 0, counter(2, '{a="2",b="x,y=\\"z\\""}'));
  push("c", 0, counter(4, '{a="3",b="x,y=\\"z\\""}'));
  push("d", 0, counter(8, '{a="4",b="x"}'), histogram("h", 'q="1"', [1], [1, 0], 1));
  push(
    "c",
    0,
    metric("counter", "x_total", 'x_total{a="3",b="x,y=\\"z\\""} 4', 'x_total{a="3",b="x"} 5'),
  );
  expect(lines(aggregate, 0)).toEqual([
    'h_bucket{q="_overflow",le="1"} 1',
    'h_bucket{q="_overflow",le="+Inf"} 1',
    'h_sum{q="_overflow"} 1',
    'h_count{q="_overflow"} 1',
    'x_total{a="1",b="x"} 1',
    'x_total{a="2",b="x,y=\\"z\\""} 2',
    'x_total{a="_overflow",b="_overflow"} 17',
  ]);
  expect(warnings).toEqual([
    'prefreeze: job "checkout" has more than 2 series: new ones add up as _overflow',
  ]);
  expect(aggregate.groups(0)[0]!.series).toBe(4);
});

it("a series without labels for which there is no room is left out", () => {
  const { aggregate, push } = start({ maxSeries: 1 });
  push("a", 0, counter(1), metric("counter", "y_total", "y_total 1"));
  expect(lines(aggregate, 0)).toEqual(["x_total 1"]);
});

it("the newest HELP text is shown", () => {
  const { aggregate, push } = start();
  push("a", 0, counter(1));
  push("b", 0, counter(1).replace("Help.", "Better help."));
  push("a", 0, counter(2));
  expect(aggregate.text(GROUP, "pushed", 0)).toContain("# HELP x_total Better help.\n");
});

it("target_info is that of the newest life", () => {
  const { aggregate, push } = start();
  const info = (version: string) => metric("gauge", "target_info", `target_info{v="${version}"} 1`);
  push("old", 0, info("1"));
  push("new", 0, info("2"));
  push("old", 0, info("1"));
  expect(lines(aggregate, 0)).toEqual(['target_info{v="2"} 1']);
});

it("prefreeze_instances counts the lives that were heard of within 10 minutes", () => {
  const { aggregate, push } = start();
  push("a", 0, counter(1));
  push("b", 5 * MINUTE_MS, counter(1));
  const instances = (atMs: number) =>
    /^prefreeze_instances (.*)$/m.exec(aggregate.text(GROUP, "pushed", atMs))![1];
  expect(instances(5 * MINUTE_MS)).toBe("2");
  expect(instances(10 * MINUTE_MS)).toBe("1");
  expect(instances(15 * MINUTE_MS)).toBe("0");
});

it.each([
  ["last", undefined, [3, 1, 2], "2"],
  ["sum", "sum", [3, 1, 2], "6"],
  ["max", "max", [3, 1, 2], "3"],
  ["min", "min", [3, 1, 2], "1"],
  ["last, not a number", undefined, [1, "NaN"], "NaN"],
  ["last, an infinity", undefined, [1, "-Inf"], "-Inf"],
  ["last, a zero below zero", undefined, [1, "-0"], "0"],
  ["sum with an infinity", "sum", [1, "+Inf"], "+Inf"],
  ["sum of both infinities", "sum", ["-Inf", "+Inf"], "NaN"],
  ["max with what is no number", "max", [1, "NaN"], "NaN"],
  ["min with an infinity", "min", [1, "-Inf"], "-Inf"],
] as const)(
  "a gauge adds up over the present lives by its aggregate: %s",
  (_, way, values, expected) => {
    const { aggregate, push } = start();
    push("silent", 0, gauge(100, way));
    push("silent below", 0, gauge(-100, way));
    values.forEach((value, i) => push(`${i}`, 11 * MINUTE_MS, gauge(value, way)));
    expect(lines(aggregate, 11 * MINUTE_MS)).toEqual([`g ${expected}`]);
  },
);

it("a gauge that no present life has is not shown, and its series is forgotten with its last life", () => {
  const { aggregate, push } = start();
  push("a", 0, gauge(1));
  expect(lines(aggregate, 11 * MINUTE_MS)).toEqual([]);
  expect(aggregate.groups(0)[0]!.series).toBe(1);
  aggregate.forgetSilent(2 * DAY_MS);
  expect(aggregate.groups(0)[0]!.series).toBe(0);
});

it("a life is forgotten a day after its last push, and its values stay", () => {
  const { aggregate, push } = start();
  push("a", 0, counter(1));
  push("b", HOUR_MS, counter(2));
  expect(aggregate.forgetSilent(DAY_MS)).toBe(0);
  expect(aggregate.forgetSilent(DAY_MS + 1)).toBe(1);
  expect(aggregate.lives).toBe(1);
  expect(aggregate.forget(GROUP, "a")).toBe(false);
  expect(lines(aggregate, 2 * DAY_MS)).toEqual(["x_total 3"]);
});

it("without room, the longest silent life is forgotten if it was silent for an hour; otherwise, a new life is refused", () => {
  const { aggregate, push } = start({ maxLives: 2 });
  push("a", 0, counter(1));
  push("b", 1, counter(2));
  expect(push("c", HOUR_MS, counter(4))).toBe("full");
  expect(aggregate.lives).toBe(2);
  expect(push("b", HOUR_MS, counter(3))).toBe("accepted");
  expect(push("c", HOUR_MS + 1, counter(4))).toBe("accepted");
  expect([aggregate.lives, aggregate.forgottenEarly, aggregate.forget(GROUP, "a")]).toEqual([
    2,
    1,
    false,
  ]);
  expect(lines(aggregate, HOUR_MS + 1)).toEqual(["x_total 8"]);
});

it("the life that makes room can be the last one with the lines of the new one", () => {
  const { aggregate, push } = start({ maxLives: 1 });
  const pieces = new Map<string, Uint8Array | undefined>();
  for (const [i, life] of ["a", "b", "c"].entries()) {
    expect(push(life, 2 * HOUR_MS * i, counter(1), gauge(1))).toBe("accepted");
    for (const [key, piece] of aggregate.changes()) {
      if (piece) pieces.set(key, piece);
      else pieces.delete(key);
    }
  }
  const restored = createAggregate();
  restored.restore([...pieces] as [string, Uint8Array][]);
  const atMs = 1_000 * HOUR_MS;
  expect(lines(restored, atMs)).toEqual(["x_total 3"]);
  expect(lines(restored, 0)).toEqual(lines(aggregate, 0));
  expect([restored.lives, restored.forget(GROUP, "c")]).toEqual([1, true]);
});

it("series older than an hour show their values at the first scrape ever, and only then", () => {
  const { aggregate, push } = start();
  push("a", 0, counter(1));
  push("a", HOUR_MS, counter(1), metric("counter", "y_total", "y_total 1"));
  const values = () =>
    aggregate
      .page(HOUR_MS)
      .match(/^._total\{.*\} (.*)$/gm)
      ?.map((line) => line.replace(/\{.*\}/, ""));
  expect(values()).toEqual(["x_total 1", "y_total 0"]);
  aggregate.pageShown(HOUR_MS);
  push("b", HOUR_MS, metric("counter", "z_total", "z_total 1"));
  expect(aggregate.page(5 * HOUR_MS)).toContain('z_total{instance="",job="checkout"} 0\n');
});

it("what was acknowledged at the gateway says nothing about scrapes of the aggregator", () => {
  const { aggregate, push } = start();
  push("a", 0, counter(1));
  aggregate.text(GROUP, "pushed", 0);
  aggregate.shown(GROUP, "pushed", 0, 0);
  expect(aggregate.text(GROUP, "pushed", 0)).toContain("x_total 1\n");
  expect(aggregate.page(0)).toContain("} 0\n");
});

it("lives become silent and are forgotten by a clock that was set back from a wrong time", () => {
  const { aggregate, push } = start();
  push("wrong", 365 * DAY_MS, counter(1), gauge(1, "sum"));
  push("right", 0, counter(2), gauge(2, "sum"));
  const present = (atMs: number) => aggregate.groups(atMs).map(({ instances }) => instances);
  expect(present(1)).toEqual([2]);
  expect(present(HOUR_MS)).toEqual([0]);
  expect(aggregate.forgetSilent(2 * DAY_MS)).toBe(2);
  expect(lines(aggregate, 2 * DAY_MS)).toEqual(["x_total 3"]);
});
