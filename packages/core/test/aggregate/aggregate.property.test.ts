import fc from "fast-check";
import { expect, it } from "vitest";
import { type Aggregate, createAggregate } from "../../src/aggregate.js";
import { acknowledging, histogram, metric, snapshot } from "./snapshot.js";

const GROUP = "/metrics/job/checkout";
const LEASE_MS = 600_000;

/** The buckets that a deployment gives its histogram. */
const DEFINITIONS = [
  [1, 2, 5],
  [2, 5, 10],
  [0.5, 5],
] as const;
const PLANS = ["", "free", "pro"] as const;

/** What one invocation records. */
const work = fc.record({
  plan: fc.constantFrom(...PLANS),
  orders: fc.nat(5),
  seconds: fc.integer({ min: -1, max: 12 }),
  /** Left out of the next snapshot. */
  without: fc.option(fc.constantFrom(...PLANS), { nil: undefined, freq: 6 }),
});

/** One instance: its deployment, and what it records between its snapshots. */
const instance = fc.record({
  definition: fc.nat(DEFINITIONS.length - 1),
  work: fc.array(work, { minLength: 1, maxLength: 5 }),
});

const event = fc.oneof(
  {
    weight: 12,
    // Any snapshot at any time: repeated, in another order, or never.
    arbitrary: fc.record({
      kind: fc.constant("push" as const),
      life: fc.nat(4),
      sequence: fc.nat(4),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("forget" as const), life: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("store" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("show" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 40_000, 700_000),
    }),
  },
);

interface Snapshot {
  readonly text: string;
  /** By the series: a counter's value, a histogram's sum, or the observations below a bound. */
  readonly values: ReadonlyMap<string, number>;
}

/** The snapshots of a life, each with all that was recorded before it. */
function snapshotsOf({
  definition,
  work,
}: {
  definition: number;
  work: readonly { plan: string; orders: number; seconds: number; without: string | undefined }[];
}): Snapshot[] {
  const bounds = DEFINITIONS[definition]!;
  const orders = new Map<string, number>();
  const observed = new Map<string, number[]>();
  return work.map(({ plan, orders: more, seconds, without }, i) => {
    orders.set(plan, (orders.get(plan) ?? 0) + more);
    observed.set(plan, [...(observed.get(plan) ?? []), seconds]);
    const values = new Map<string, number>();
    const parts = [...orders].filter(([each]) => each !== without);
    const metrics: string[] = [];
    if (parts.length > 0) {
      metrics.push(
        metric(
          "counter",
          "orders_total",
          ...parts.map(([each, value]) => `orders_total{plan="${each}"} ${value}`),
        ),
      );
      for (const [each, value] of parts) values.set(`orders ${each}`, value);
    }
    for (const [each, seen] of observed) {
      const counts = [...bounds, Infinity].map(
        (bound, j) =>
          seen.filter((value) => value <= bound && !(j > 0 && value <= bounds[j - 1]!)).length,
      );
      const sum = seen.reduce((a, b) => a + b, 0);
      // One metric for each plan: the lines of a metric have to be together.
      metrics.push(histogram(`h_${each}`, `plan="${each}"`, bounds, counts, sum));
      values.set(`sum ${each}`, sum);
      [...bounds, Infinity].forEach((bound, j) =>
        values.set(`bucket ${each} ${bound}`, counts[j]!),
      );
    }
    return { text: snapshot(i + 1, ...metrics), values };
  });
}

/** What an aggregate of these pushes has to show, computed from its definition. */
function createModel() {
  const lives = new Map<number, { sequence: number; values: Map<string, number> }>();
  const gone: Map<string, number>[] = [];
  const definitions = new Map<string, { definition: number; usedAtMs: number }[]>();
  return {
    lives,
    push(
      life: number,
      definition: number,
      sequence: number,
      { values }: Snapshot,
      atMs: number,
    ): void {
      const known = lives.get(life) ?? { sequence: 0, values: new Map<string, number>() };
      lives.set(life, known);
      known.sequence = sequence;
      for (const [series, value] of values) {
        known.values.set(series, value);
        const [kind, plan = ""] = series.split(" ");
        if (kind !== "sum") continue;
        const seen = definitions.get(plan) ?? [];
        definitions.set(plan, seen);
        const used = seen.find((each) => each.definition === definition);
        if (used) used.usedAtMs = atMs;
        else seen.push({ definition, usedAtMs: atMs });
      }
    },
    forget(life: number): void {
      gone.push(lives.get(life)!.values);
      lives.delete(life);
    },
    /** The expected lines of the text, without their headers. */
    lines(atMs: number): string[] {
      const sums = new Map<string, number>();
      for (const values of [...gone, ...Array.from(lives.values(), (life) => life.values)])
        for (const [series, value] of values) sums.set(series, (sums.get(series) ?? 0) + value);
      const written: string[] = [];
      for (const [series, value] of sums) {
        const [kind, plan = ""] = series.split(" ");
        if (kind === "orders") written.push(`orders_total{plan="${plan}"} ${value}`);
        if (kind !== "sum") continue;
        const seen = definitions.get(plan)!;
        const used = seen.findLast(({ usedAtMs }) => usedAtMs > atMs - LEASE_MS);
        const last = seen.toSorted((a, b) => a.usedAtMs - b.usedAtMs).at(-1)!;
        const bounds = DEFINITIONS[(used ?? last).definition]!;
        const below = (bound: number) =>
          [...sums]
            .filter(
              ([each]) => each.startsWith(`bucket ${plan} `) && Number(each.split(" ")[2]) <= bound,
            )
            .reduce((all, [, count]) => all + count, 0);
        for (const bound of [...bounds, "+Inf"])
          written.push(
            `h_${plan}_bucket{plan="${plan}",le="${bound}"} ${below(bound === "+Inf" ? Infinity : Number(bound))}`,
          );
        written.push(
          `h_${plan}_sum{plan="${plan}"} ${value}`,
          `h_${plan}_count{plan="${plan}"} ${below(Infinity)}`,
        );
      }
      return written.sort();
    },
  };
}

/** The lines of counters and histograms. */
function linesOf(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => /^(orders|h)_/.test(line))
    .sort();
}

function show(aggregate: Aggregate, atMs: number): string {
  const texts = [aggregate.text(GROUP, "pushed", atMs), aggregate.page(atMs)];
  aggregate.shown(GROUP, "pushed", atMs);
  aggregate.pageShown(atMs);
  return texts.join("\n");
}

it(
  "any interleaving, repetition, loss and reordering of pushes ends in the sum of each life's newest snapshot, across restarts",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(
        fc.array(instance, { minLength: 1, maxLength: 5 }),
        fc.array(event, { maxLength: 40 }),
        (instances, events) => {
          const lives = instances.map(snapshotsOf);
          const model = createModel();
          const forgotten = new Set<number>();
          // One that never ends, and one that is ended and restored.
          let restarted = createAggregate();
          const whole = createAggregate();
          const pieces = new Map<string, Uint8Array>();
          let atMs = 1_000_000;
          const store = () => {
            for (const [key, piece] of restarted.changes()) {
              if (piece) pieces.set(key, piece);
              else pieces.delete(key);
            }
          };
          for (const event of events) {
            if (event.kind === "wait") atMs += event.ms;
            else if (event.kind === "store") store();
            else if (event.kind === "restart") {
              store();
              restarted = createAggregate();
              restarted.restore([...pieces].reverse());
            } else if (event.kind === "show") {
              expect(show(restarted, atMs)).toBe(show(whole, atMs));
            } else {
              const life = event.life % lives.length;
              const known = model.lives.get(life);
              if (event.kind === "forget") {
                for (const each of [restarted, whole])
                  expect(each.forget(GROUP, `life-${life}`)).toBe(known !== undefined);
                if (known) {
                  model.forget(life);
                  forgotten.add(life);
                }
                continue;
              }
              const sequence = 1 + (event.sequence % lives[life]!.length);
              const sent = lives[life]![sequence - 1]!;
              if (forgotten.has(life)) {
                // A first push says nothing of what was acknowledged. If it is late, it is no new life's.
                const isFirst = sequence === 1;
                const text = isFirst ? sent.text : acknowledging(sequence - 1, sent.text);
                for (const each of [restarted, whole])
                  expect(
                    each.push({ group: GROUP, life: `life-${life}`, snapshot: text, atMs }),
                  ).toBe(isFirst ? "older" : "unknown life");
                continue;
              }
              const isNew = sequence > (known?.sequence ?? 0);
              for (const each of [restarted, whole])
                expect(
                  each.push({ group: GROUP, life: `life-${life}`, snapshot: sent.text, atMs }),
                ).toBe(isNew ? "accepted" : "older");
              if (isNew) model.push(life, instances[life]!.definition, sequence, sent, atMs);
            }
          }
          // Past the zeros of new series.
          for (let i = 0; i < 3; i++) expect(show(restarted, atMs)).toBe(show(whole, atMs));
          expect(linesOf(restarted.text(GROUP, "scraped", atMs))).toEqual(model.lines(atMs));
          expect(restarted.text(GROUP, "pushed", atMs + 30_000)).toBe(
            whole.text(GROUP, "pushed", atMs + 30_000),
          );
          expect(restarted.groups(atMs)).toEqual(whole.groups(atMs));
        },
      ),
      { numRuns: 300 },
    );
  },
);

it(
  "what is shown never falls, not by one bit, and forgetting changes no total",
  { timeout: 60_000 },
  () => {
    const number = fc.oneof(
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.nat(),
      fc.constantFrom(0, 5e-324, 0.1, 1e308, Infinity),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), number, fc.boolean()), { maxLength: 30 }),
        (pushes) => {
          const aggregate = createAggregate();
          const values = [0, 0, 0, 0];
          const sequences = [0, 0, 0, 0];
          const born = [0, 0, 0, 0];
          let shown = 0;
          for (const [life, more, forgets] of pushes) {
            values[life]! += more;
            const name = `${life}-${born[life]}`;
            const text = snapshot(
              ++sequences[life]!,
              metric(
                "counter",
                "x_total",
                `x_total ${`${values[life]!}`.replace("Infinity", "+Inf")}`,
              ),
            );
            aggregate.push({ group: GROUP, life: name, snapshot: text, atMs: 0 });
            const next = () => {
              aggregate.page(0);
              aggregate.pageShown(0);
              return Number(
                /^x_total (.*)$/m
                  .exec(aggregate.text(GROUP, "scraped", 0))![1]!
                  .replace("Inf", "Infinity"),
              );
            };
            const before = shown;
            next();
            shown = next();
            expect(shown).toBeGreaterThanOrEqual(before);
            if (!forgets) continue;
            aggregate.forget(GROUP, name);
            expect(next()).toBe(shown);
            Object.assign(values, { [life]: 0 });
            born[life]!++;
            sequences[life] = 0;
          }
        },
      ),
      { numRuns: 300 },
    );
  },
);
