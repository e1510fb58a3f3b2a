import fc from "fast-check";
import { expect, test } from "vitest";
import { snapshot } from "../../../aggregator/test/snapshot.js";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import { runAggregator, type TestAggregator } from "./run-aggregator.js";

const gateway = useGateway();

/** Writes one life after another, as PROTOCOL.md says, and knows the truth. */
class Writer {
  /** Of all lives. */
  counted = 0;
  #lives = 1;
  #sequence = 0;
  #acknowledged: number | undefined;
  /** What the current life has counted, and what of it was acknowledged. */
  #total = 0;
  #acknowledgedTotal = 0;
  #last: readonly [path: string, body: string] | undefined;

  readonly #job: string;
  readonly #name: string;

  constructor(job: string, name: string) {
    this.#job = job;
    this.#name = name;
  }

  /** What was never acknowledged. */
  get open(): number {
    return this.#total - this.#acknowledgedTotal;
  }

  count(more: number): void {
    this.#total += more;
    this.counted += more;
  }

  /** @param answered whether the answer arrives */
  async push(object: TestAggregator, answered = true): Promise<void> {
    const path = `/metrics/job/${this.#job}/instance/${this.#name}-${this.#lives}`;
    const sequence = ++this.#sequence;
    const total = this.#total;
    const counters = { orders_total: total, [`orders_total{by="${this.#name}"}`]: total };
    this.#last = [path, snapshotOf(sequence, counters, this.#acknowledged)];
    const { status } = await object.take(...this.#last);
    if (!answered) return;
    if (status === 200) {
      this.#acknowledged = sequence;
      this.#acknowledgedTotal = total;
    } else if (status === 410 && this.#acknowledged !== undefined) {
      this.#lives++;
      this.#sequence = 0;
      this.#acknowledged = undefined;
      this.#total -= this.#acknowledgedTotal;
      this.#acknowledgedTotal = 0;
      await this.push(object);
    }
  }

  /** A first push that arrives once its storage was wiped is what nobody can decide: see PROTOCOL.md, Renewal. */
  forgetLast(): void {
    this.#last = undefined;
  }

  /** The network delivers the last push once more. */
  async repeat(object: TestAggregator): Promise<void> {
    if (this.#last) await object.take(...this.#last);
  }
}

/** Two series of one metric. */
function snapshotOf(
  sequence: number,
  { orders_total: plain = 0, ...others }: Record<string, number>,
  acknowledged: number | undefined,
): string {
  const more = Object.entries(others).map(([series, value]) => `${series} ${value}\n`);
  return snapshot(sequence, { orders_total: plain }, acknowledged).replace(
    /(\norders_total \d+\n)/,
    `$1${more.join("")}`,
  );
}

const writers = ["a", "b", "c", "d"];
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ does: fc.constant("push"), by: fc.nat(3), counts: fc.nat(9) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("push unheard"), by: fc.nat(3), counts: fc.nat(9) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("repeat"), by: fc.nat(3), counts: fc.constant(0) }),
  },
  { weight: 2, arbitrary: fc.constant({ does: "all at once", by: 0, counts: 1 }) },
  { weight: 2, arbitrary: fc.constant({ does: "abort", by: 0, counts: 0 }) },
  { weight: 1, arbitrary: fc.constant({ does: "break storage", by: 0, counts: 0 }) },
  { weight: 2, arbitrary: fc.constant({ does: "mend storage", by: 0, counts: 0 }) },
  { weight: 1, arbitrary: fc.constant({ does: "wipe", by: 0, counts: 0 }) },
);

const BREAK =
  "CREATE TRIGGER IF NOT EXISTS broken BEFORE INSERT ON prefreeze_pieces BEGIN SELECT RAISE(ABORT, 'broken'); END";
const MEND = "DROP TRIGGER IF EXISTS broken";

test("nothing is lost or counted twice, whatever becomes of pushes, object and storage", async () => {
  const objects = await runAggregator(gateway);
  let runs = 0;
  let laterMs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), async (actions) => {
      const job = `run-${++runs}`;
      const object = objects.shard(job);
      const all = writers.map((name) => new Writer(job, name));
      /** What was acknowledged before the storage was wiped, and is gone with it. */
      let wiped = 0;
      for (const { does, by, counts } of actions) {
        const writer = all[by]!;
        writer.count(counts);
        if (does === "push" || does === "push unheard") await writer.push(object, does === "push");
        else if (does === "repeat") await writer.repeat(object);
        else if (does === "abort") await object.abort();
        else if (does === "break storage") await object.sql(BREAK);
        else if (does === "mend storage") await object.sql(MEND);
        else if (does === "wipe") {
          await object.wipe();
          for (const each of all) each.forgetLast();
          wiped = all.reduce((sum, { counted, open }) => sum + counted - open, 0);
        } else await Promise.all(all.map((each) => each.push(object)));
      }
      await object.sql(MEND);
      for (const writer of all) await writer.push(object);
      expect(all.map(({ open }) => open)).toEqual([0, 0, 0, 0]);
      // First the zeros.
      await object.ring((laterMs += 10_000));
      await object.ring((laterMs += 10_000));
      const truth = all.reduce((sum, { counted }) => sum + counted, 0) - wiped;
      // Each is counted in two series.
      expect(await gateway.shown("orders_total", { job })).toBe(2 * truth);
    }),
    { numRuns: 25, seed: 11, endOnFailure: true },
  );
}, 120_000);
