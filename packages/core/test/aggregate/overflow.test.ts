import fc from "fast-check";
import { expect, it } from "vitest";
import { type Aggregate, type AggregateOptions, createAggregate } from "../../src/aggregate.js";
import { histogram, metric, snapshot } from "./snapshot.js";

const GROUP = "/metrics/job/checkout";
const DAY_MS = 86_400_000;

/** An aggregate that can be restarted with what it has written. */
class Restartable {
  readonly #pieces = new Map<string, Uint8Array>();
  readonly #sequences = new Map<string, number>();
  aggregate: Aggregate;

  constructor(options: AggregateOptions) {
    this.aggregate = createAggregate(options);
  }

  push(life: string, ...metrics: readonly string[]): void {
    const sequence = (this.#sequences.get(life) ?? 0) + 1;
    this.#sequences.set(life, sequence);
    this.again(life, sequence, ...metrics);
  }

  /** The same sequence number once more. */
  again(life: string, sequence: number, ...metrics: readonly string[]): void {
    this.aggregate.push({ group: GROUP, life, snapshot: snapshot(sequence, ...metrics), atMs: 0 });
  }

  restart(options: AggregateOptions): void {
    for (const [key, piece] of this.aggregate.changes()) {
      if (piece) this.#pieces.set(key, piece);
      else this.#pieces.delete(key);
    }
    this.aggregate = createAggregate(options);
    this.aggregate.restore([...this.#pieces].reverse());
  }

  /** Values past the zeros of new series. */
  lines(): string[] {
    for (let i = 0; i < 2; i++) {
      this.aggregate.text(GROUP, "scraped", 0);
      this.aggregate.shown(GROUP, "scraped", 0);
    }
    const text = this.aggregate.text(GROUP, "scraped", 0);
    return text.split("\n").filter((line) => line && !/^(#|prefreeze_instances)/.test(line));
  }

  get seriesOverLimit(): number {
    return this.aggregate.groups(0)[0]!.seriesOverLimit;
  }
}

const orders = (values: Readonly<Record<string, number>>) =>
  metric(
    "counter",
    "orders_total",
    ...Object.entries(values).map(([user, value]) => `orders_total{user="${user}"} ${value}`),
  );
const levels = (way: string, values: Readonly<Record<string, number>>) =>
  `# HELP level Help.\n# TYPE level gauge\n${way === "last" ? "" : `# AGGREGATE level ${way}\n`}` +
  Object.entries(values)
    .map(([user, value]) => `level{user="${user}"} ${value}\n`)
    .join("");

it("of what a life has over the limit, a newer snapshot adds only what is more, and a repeated one nothing", () => {
  const state = new Restartable({ maxSeries: 1 });
  state.push("a", orders({ first: 1, b: 2, c: 3 }));
  state.push("b", orders({ first: 1, b: 10 }));
  const overLimit = () => state.lines().at(-1);
  expect(overLimit()).toBe('orders_total{user="_overflow"} 15');
  state.again("a", 1, orders({ first: 1, b: 2, c: 3 }));
  expect(overLimit()).toBe('orders_total{user="_overflow"} 15');
  state.restart({ maxSeries: 1 });
  state.again("a", 1, orders({ first: 1, b: 2, c: 3 }));
  state.push("a", orders({ first: 2, b: 3, c: 3, d: 5 }));
  expect(state.lines()).toEqual([
    'orders_total{user="first"} 3',
    'orders_total{user="_overflow"} 21',
  ]);
  expect(state.seriesOverLimit).toBe(4);
});

it("histograms and summaries over the limit add up in every bucket, sum and count", () => {
  const max = { maxSeries: 6 };
  const state = new Restartable(max);
  const both = (more: number) => [
    metric("counter", "a_total", 'a_total{q="1"} 1', 'a_total{q="2"} 1'),
    histogram("h", 'q="1"', [1, 2], [1, 0, 0], 0.5),
    histogram("h2", 'q="1"', [1, 2], [1 + more, 2, 3], 4 + more),
    metric("summary", "s", 's_sum{q="1"} -1', 's_count{q="1"} 2'),
    metric(
      "summary",
      "s2",
      's2_sum{q="1"} -1',
      's2_count{q="1"} 1',
      `s2_sum{q="2"} ${-more}`,
      `s2_count{q="2"} ${more}`,
    ),
  ];
  for (const more of [0, 1, 4]) {
    state.push("a", ...both(more), histogram("h3", 'q="x"', [1, 2], [more, 0, 1], more));
    state.restart(max);
  }
  expect(state.lines()).toEqual([
    'a_total{q="1"} 1',
    'a_total{q="2"} 1',
    'h_bucket{q="1",le="1"} 1',
    'h_bucket{q="1",le="2"} 1',
    'h_bucket{q="1",le="+Inf"} 1',
    'h_sum{q="1"} 0.5',
    'h_count{q="1"} 1',
    'h2_bucket{q="1",le="1"} 5',
    'h2_bucket{q="1",le="2"} 7',
    'h2_bucket{q="1",le="+Inf"} 10',
    'h2_sum{q="1"} 8',
    'h2_count{q="1"} 10',
    'h3_bucket{q="_overflow",le="1"} 4',
    'h3_bucket{q="_overflow",le="2"} 4',
    'h3_bucket{q="_overflow",le="+Inf"} 5',
    'h3_sum{q="_overflow"} 4',
    'h3_count{q="_overflow"} 5',
    's_sum{q="1"} -1',
    's_count{q="1"} 2',
    's2_sum{q="1"} -1',
    's2_count{q="1"} 1',
    's2_sum{q="_overflow"} -4',
    's2_count{q="_overflow"} 4',
  ]);
});

it("what a life has over the limit stays there when there is room, and counts once; a later life has a series of its own", () => {
  const max = { maxSeries: 3 };
  const state = new Restartable(max);
  state.push("gauges", levels("last", { a: 1, b: 2 }));
  state.push("old", orders({ a: 1, b: 2 }));
  state.aggregate.forget(GROUP, "gauges");
  state.push("new", orders({ b: 10 }));
  state.push("old", orders({ a: 1, b: 3 }));
  state.restart(max);
  state.push("old", orders({ a: 2, b: 5 }));
  expect(state.lines()).toEqual([
    'orders_total{user="a"} 2',
    'orders_total{user="_overflow"} 5',
    'orders_total{user="b"} 10',
  ]);
});

it("what a life has over the limit counts once, too, if a restart forgot the highest numbers of others", () => {
  const max = { maxSeries: 3 };
  const state = new Restartable(max);
  state.push("gauges", levels("last", { a: 1, b: 2 }));
  state.push("old", orders({ a: 1 }));
  state.push("third", orders({ a: 0, b: 0 }));
  // Lines with numbers of their own.
  for (const help of ["1", "2", "3"])
    state.push("other", orders({ a: 0, b: 0 }).replace("Help.", help));
  state.push("old", orders({ a: 1, b: 2 }));
  for (const each of ["gauges", "other"]) state.push(each, orders({ a: 0, b: 0 }));
  state.restart(max);
  state.push("new", orders({ b: 10 }));
  state.push("old", orders({ a: 1, b: 3 }));
  expect(state.lines()).toEqual([
    'orders_total{user="a"} 1',
    'orders_total{user="_overflow"} 3',
    'orders_total{user="b"} 10',
  ]);
});

it("with a higher limit, lives that are new have series of their own, and nothing counts twice", () => {
  const state = new Restartable({ maxSeries: 1 });
  state.push("old", orders({ a: 1, b: 2, c: 4 }));
  state.restart({ maxSeries: 10 });
  state.push("new", orders({ a: 1, b: 2, c: 4 }));
  state.push("old", orders({ a: 2, b: 3, c: 5 }));
  expect(state.lines()).toEqual([
    'orders_total{user="a"} 3',
    'orders_total{user="_overflow"} 8',
    'orders_total{user="b"} 2',
    'orders_total{user="c"} 4',
  ]);
});

it.each([
  ["last", "4"],
  ["sum", "111"],
  ["max", "100"],
  ["min", "2"],
])(
  "gauges over the limit add up by their aggregate, as those of one series would: %s",
  (way, expected) => {
    const state = new Restartable({ maxSeries: 1 });
    state.push("first", levels(way, { a: 1 }));
    state.push("b", levels(way, { c: 3, d: 100, e: 5, f: 2 }));
    state.push("b", levels(way, { d: 100, f: 2 }));
    state.push("c", levels(way, { d: 4, g: 5 }));
    state.restart({ maxSeries: 1 });
    expect(state.lines()).toEqual(['level{user="a"} 1', `level{user="_overflow"} ${expected}`]);
  },
);

it("a gauge over the limit goes with the last life that has it, and its room with it", () => {
  const state = new Restartable({ maxSeries: 2 });
  const full = orders({ a: 1, b: 2 });
  state.push("a", full, levels("last", { x: 1 }));
  state.restart({ maxSeries: 2 });
  expect(state.aggregate.groups(0)[0]).toMatchObject({ series: 3, seriesOverLimit: 1 });
  state.push("a", full);
  expect(state.lines()).toEqual(['orders_total{user="a"} 1', 'orders_total{user="b"} 2']);
  expect(state.aggregate.groups(0)[0]).toMatchObject({ series: 2, seriesOverLimit: 0 });
  state.push("a", full, levels("last", { x: 1 }));
  state.aggregate.forgetSilent(2 * DAY_MS);
  expect(state.aggregate.groups(0)[0]).toMatchObject({ series: 2, seriesOverLimit: 0 });
});

it("a gauge over the limit can take the place of an instance's own overflow series", () => {
  const max = { maxSeries: 2 };
  const state = new Restartable(max);
  state.push("a", levels("last", { a: 1, _overflow: 2 }));
  state.push("a", levels("last", { a: 1, b: 5 }));
  state.restart(max);
  expect(state.lines()).toEqual(['level{user="a"} 1', 'level{user="_overflow"} 5']);
});

it("a metric over the limit that newer snapshots leave out keeps its sums, and goes on from them", () => {
  const max = { maxSeries: 2 };
  const state = new Restartable(max);
  const other = metric("counter", "first_total", 'first_total{a="1"} 1', 'first_total{a="2"} 1');
  state.push("a", other, orders({ a: 1, b: 2 }));
  state.push("a", other);
  state.restart(max);
  state.push("a", other);
  state.push("a", other, orders({ a: 1, b: 3 }));
  expect(state.lines().at(-1)).toBe('orders_total{user="_overflow"} 4');
});

it("if a snapshot lacks a series over the limit, nothing falls, and nothing counts twice when it comes back", () => {
  const state = new Restartable({ maxSeries: 2 });
  const first = metric("counter", "a_total", 'a_total{a="1"} 1', 'a_total{a="2"} 1');
  const seconds = (values: Readonly<Record<string, number>>) =>
    metric(
      "summary",
      "s",
      ...Object.entries(values).flatMap(([user, value]) => [
        `s_sum{user="${user}"} ${value}`,
        `s_count{user="${user}"} ${value}`,
      ]),
    );
  const shown = () => state.lines().slice(2);
  state.push("a", first, seconds({ a: 10, b: 5 }));
  state.push("a", first, seconds({ b: 6 }));
  expect(shown()).toEqual(['s_sum{user="_overflow"} 15', 's_count{user="_overflow"} 15']);
  state.push("a", first, seconds({ b: 6, a: 12 }));
  expect(shown()).toEqual(['s_sum{user="_overflow"} 18', 's_count{user="_overflow"} 18']);
});

it("an instance's own overflow series and what is over the limit here add up in one", () => {
  const state = new Restartable({ maxSeries: 1 });
  state.push("a", orders({ a: 1, b: 2, _overflow: 4 }));
  state.push("a", orders({ a: 1, b: 3, _overflow: 8 }));
  state.push("b", orders({ _overflow: 16 }));
  expect(state.lines()).toEqual(['orders_total{user="a"} 1', 'orders_total{user="_overflow"} 27']);
});

it("an instance's own overflow series counts once if there is no room for it", () => {
  const max = { maxSeries: 1 };
  const state = new Restartable(max);
  state.push("a", orders({ a: 1 }));
  for (const own of [4, 5, 6]) {
    state.push("b", orders({ a: 1, _overflow: own, c: 1 }));
    state.restart(max);
  }
  expect(state.lines()).toEqual(['orders_total{user="a"} 2', 'orders_total{user="_overflow"} 7']);
});

it("a gauge over the limit that is gone leaves nothing to a series that has its number after a restart", () => {
  const state = new Restartable({ maxSeries: 2 });
  const one = levels("last", { a: 1 });
  const push = (sequence: number, ...metrics: readonly string[]) =>
    state.aggregate.push({
      group: GROUP,
      life: "a",
      snapshot: snapshot(sequence, ...metrics),
      atMs: DAY_MS,
    });
  state.push("a", orders({ a: 1 }), one);
  state.push("b", levels("last", { b: 5 }));
  state.restart({ maxSeries: 2 });
  push(2, orders({ a: 1 }), one);
  expect(state.aggregate.forgetSilent(DAY_MS + 1)).toBe(1);
  state.restart({ maxSeries: 3 });
  push(3, orders({ a: 1, b: 7 }), one);
  state.restart({ maxSeries: 3 });
  push(4, orders({ a: 1, b: 7 }), levels("last", { a: 1, c: 9 }));
  const text = state.aggregate.text(GROUP, "scraped", DAY_MS);
  expect(text).toContain('level{user="_overflow"} 9\n');
});

it("pieces of another format are refused", () => {
  const aggregate = createAggregate();
  aggregate.push({ group: GROUP, life: "a", snapshot: snapshot(1), atMs: 0 });
  const pieces = [...aggregate.changes()] as [string, Uint8Array][];
  const life = pieces.find(([key]) => key.startsWith("l/"))![1];
  new DataView(life.buffer).setFloat64(0, 1, true);
  expect(() => createAggregate().restore(pieces)).toThrow(
    new Error("the state has format 1, and this version reads 2"),
  );
});

it("a thousand odd label values of a life cost it no memory", { timeout: 60_000 }, () => {
  const aggregate = createAggregate({ maxSeries: 100 });
  /** All that it keeps is in its pieces. */
  const written = () => {
    let bytes = 0;
    for (const piece of aggregate.changes().values()) bytes += piece?.length ?? 0;
    return bytes;
  };
  const push = (life: number, sequence: number) => {
    const values = Array.from({ length: 1_000 }, (_, i) => [`${life}-${i}`, sequence] as const);
    const text = snapshot(sequence, orders(Object.fromEntries(values)));
    aggregate.push({ group: GROUP, life: `${life}`, snapshot: text, atMs: 0 });
  };
  push(0, 1);
  written();
  for (let life = 1; life <= 20; life++) push(life, 1);
  expect(written() / 20).toBeLessThan(400);
  for (let life = 1; life <= 20; life++) push(life, 2);
  expect(written() / 20).toBeLessThan(200);
  expect(aggregate.groups(0)[0]!.seriesOverLimit).toBe(21 * 1_000 - 100);
});

const BOUNDS = [1, 5];

/** What an instance has recorded. */
class Recorded {
  readonly name: string;
  readonly #orders = new Map<string, number>();
  readonly #seconds = new Map<string, number[]>();
  levels: Readonly<Record<string, number>> = {};

  constructor(name: string) {
    this.name = name;
  }

  record(users: readonly string[], seconds: number, hasLevels: boolean): void {
    for (const user of users) {
      this.#orders.set(user, (this.#orders.get(user) ?? 0) + 1);
      this.#seconds.set(user, [...(this.#seconds.get(user) ?? []), seconds]);
    }
    this.levels = hasLevels ? Object.fromEntries(users.map((user, i) => [user, i])) : {};
  }

  metrics(without?: "orders" | "seconds"): string[] {
    const histograms = Array.from(this.#seconds, ([user, seen], i) => {
      const counts = [...BOUNDS, Infinity].map(
        (bound, j) =>
          seen.filter((each) => each <= bound && !(j > 0 && each <= BOUNDS[j - 1]!)).length,
      );
      const sum = seen.reduce((a, b) => a + b, 0);
      const text = histogram("h", `user="${user}"`, BOUNDS, counts, sum);
      return i === 0 ? text : text.replaceAll(/^#.*\n/gm, "");
    });
    return [
      without === "orders" ? "" : orders(Object.fromEntries(this.#orders)),
      without === "seconds" ? "" : histograms.join(""),
      Object.keys(this.levels).length > 0 ? levels("sum", this.levels) : "",
    ];
  }
}

/** The sum over all series, by what they count. */
function sums(lines: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of lines) {
    const [, name = "", bound = "", value] = /^(\w+)\{.*?(?:,le="(.*)")?\} (.*)$/.exec(line)!;
    found.set(name + bound, (found.get(name + bound) ?? 0) + Number(value));
  }
  return nonZero(found);
}

function nonZero(counts: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...counts].filter(([, value]) => value !== 0).sort());
}

const user = fc.integer({ min: 0, max: 8 }).map((n) => (n > 0 ? `u${n}` : "_overflow"));
const event = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("push" as const),
      life: fc.nat(4),
      users: fc.array(user, { minLength: 1, maxLength: 4 }),
      seconds: fc.integer({ min: -1, max: 9 }),
      hasLevels: fc.boolean(),
      /** A metric that the first push after it leaves out. */
      without: fc.option(fc.constantFrom("orders" as const, "seconds" as const), { freq: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("forget" as const), life: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("restart" as const), more: fc.nat(2) }) },
);

it(
  "whatever is over the limit, and whenever there is room again, the sum over all series is that of each life's newest values",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let maxSeries = 4;
        const state = new Restartable({ maxSeries });
        const lives = [0, 1, 2, 3, 4].map((i) => new Recorded(`${i}`));
        const truth = new Map<string, number>();
        const add = (what: string, value: number) =>
          void truth.set(what, (truth.get(what) ?? 0) + value);
        for (const [i, event] of events.entries()) {
          if (event.kind === "restart") {
            state.restart({ maxSeries: (maxSeries += event.more) });
            continue;
          }
          const life = lives[event.life]!;
          if (event.kind === "forget") {
            state.aggregate.forget(GROUP, life.name);
            lives[event.life] = new Recorded(`${event.life}-${i}`);
            continue;
          }
          const { users, seconds, hasLevels, without } = event;
          life.record(users, seconds, hasLevels);
          if (without) state.push(life.name, ...life.metrics(without));
          state.push(life.name, ...life.metrics());
          for (const _ of users) {
            add("orders_total", 1);
            add("h_sum", seconds);
            add("h_count", 1);
            for (const bound of [...BOUNDS, "+Inf"])
              if (bound === "+Inf" || seconds <= Number(bound)) add(`h_bucket${bound}`, 1);
          }
        }
        for (const { levels } of lives)
          for (const value of Object.values(levels)) add("level", value);
        expect(truth.size > 0 ? sums(state.lines()) : truth).toEqual(nonZero(truth));
      }),
      { numRuns: 500 },
    );
  },
);
