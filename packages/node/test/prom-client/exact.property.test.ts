import { createAggregate, MalformedSnapshot } from "@prefreeze/core/aggregate";
import { fileJournal, fromPromClient } from "@prefreeze/node";
import fc from "fast-check";
import client from "prom-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { collectWarnings } from "../../../core/test/core.js";
import { systemError } from "../../../core/test/scripted-flusher.js";
import { type JournalDirectory, newJournalDirectory } from "../journal/journal-directory.js";
import { endProcess, linesOf, startProcess } from "./process.js";

const SILENCE_MS = 660_000;
const GROUP = "/metrics/job/checkout";

let directory: JournalDirectory;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
  directory = newJournalDirectory();
  collectWarnings();
});

afterEach(() => void vi.useRealTimers());

const labels = fc.record(
  { plan: fc.constantFrom("a", "b", ""), zone: fc.constantFrom("x", "y") },
  { requiredKeys: [] },
);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("inc" as const), labels, by: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("observe" as const),
      labels,
      value: fc.constantFrom(-1, 0.5, 3, 50),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("push" as const),
      answer: fc.constantFrom(
        "taken" as const,
        "taken" as const,
        "refused" as const,
        "lost" as const,
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "reset" as const,
        "remove" as const,
        "clear" as const,
        "silence" as const,
        "restart" as const,
      ),
    }),
  },
);

type Labels = typeof labels extends fc.Arbitrary<infer L> ? L : never;

/** What counts in the end, by what Prometheus would call one series. */
type Sums = Map<string, number>;

function add(sums: Sums, name: string, of: Labels, value: number): void {
  const pairs = Object.entries(of).filter(([, each]) => each);
  const key = [name, ...pairs.map((pair) => pair.join("=")).sort()].join();
  sums.set(key, (sums.get(key) ?? 0) + value);
}

/** Adds the lines of a text up. */
function addText(sums: Sums, text: string): void {
  for (const [, name, pairs, value] of text.matchAll(
    /^((?:orders_total|all_total|size_\w+))(?:\{(.*)\})? (\S+)$/gm,
  )) {
    const of = Object.fromEntries(
      Array.from((pairs ?? "").matchAll(/(\w+)="([^"]*)"/g), ([, label, each]) => [label, each]),
    );
    delete of["job"];
    delete of["instance"];
    add(sums, name!, of as Labels, Number(value));
  }
}

const withoutZeros = (sums: Sums) => new Map([...sums].filter(([, value]) => value !== 0).sort());

test(
  "whatever is reset, removed or lost on the way, and whenever lives expire or are restored, all lives together have counted what the registry has, and so has the aggregator",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), async (steps) => {
        const counted: Sums = new Map();
        /** What only the registry knows so far: it is lost with the process. */
        let unread: [string, Labels, number][] = [];
        const newest = new Map<string, string>();
        const aggregate = createAggregate();
        let answer: "taken" | "refused" | "lost" = "taken";
        const transport = async ({
          method,
          url,
          body,
        }: {
          method: string;
          url: string;
          body?: unknown;
        }) => {
          if (method !== "PUT") return { status: 202, body: "" };
          for (const each of unread) add(counted, ...each);
          unread = [];
          if (answer === "refused") throw systemError("ECONNREFUSED");
          const life = /instance\/([^/]+)/.exec(url)![1]!;
          const took = aggregate.push({
            group: GROUP,
            life,
            snapshot: String(body),
            atMs: Date.now(),
          });
          if (took === "unknown life") return { status: 410, body: "" };
          newest.set(life, String(body));
          if (answer === "lost") throw systemError("ECONNRESET");
          return { status: 200, body: "" };
        };

        let register!: client.Registry;
        let orders!: client.Counter;
        let all!: client.Counter;
        let sizes!: client.Histogram;
        let process!: ReturnType<typeof startProcess>;
        const define = () => {
          const own = { labelNames: ["plan", "zone"], registers: [register] };
          orders = new client.Counter({ name: "orders", help: "Orders.", ...own });
          all = new client.Counter({ name: "all_total", help: "All.", registers: [register] });
          sizes = new client.Histogram({ name: "size", help: "Sizes.", buckets: [1, 10], ...own });
        };
        const start = () => {
          endProcess();
          directory.abandon();
          unread = [];
          register = new client.Registry();
          define();
          fromPromClient(register);
          const openJournal = fileJournal({ directory: directory.directory, environment: "one" });
          process = startProcess({ transport, flushTimeoutMs: 200 }, { openJournal });
        };
        const push = async (how: typeof answer) => {
          answer = how;
          vi.setSystemTime(Date.now() + 1_000);
          await process.instance.pusher!.flusher.flushFinally(Date.now() + 1_000);
        };
        const forget = async (work: () => void) => {
          // What is counted between a push and a reset, only the registry knows.
          await push("taken");
          work();
          await push("refused");
        };

        start();
        for (const each of steps) {
          if (each.do === "inc") {
            orders.inc(each.labels, each.by);
            all.inc(each.by);
            unread.push(["orders_total", each.labels, each.by], ["all_total", {}, each.by]);
          } else if (each.do === "observe") {
            sizes.observe(each.labels, each.value);
            unread.push(["size_sum", each.labels, each.value], ["size_count", each.labels, 1]);
            const buckets = ["1", "10", "+Inf"].filter(
              (le) => each.value <= Number(le.replace("+Inf", "Infinity")),
            );
            for (const le of buckets)
              unread.push(["size_bucket", { ...each.labels, le } as Labels, 1]);
          } else if (each.do === "push") await push(each.answer);
          else if (each.do === "reset") {
            await push("taken");
            const { values } = await all.get();
            register.resetMetrics();
            // That it has fallen tells that it was reset.
            if (values[0]!.value > 1) {
              all.inc();
              unread.push(["all_total", {}, 1]);
            }
            await push("refused");
          } else if (each.do === "remove")
            await forget(() => {
              orders.remove({ plan: "a" });
              sizes.remove({ plan: "a" });
            });
          else if (each.do === "clear")
            await forget(() => {
              register.clear();
              define();
            });
          else if (each.do === "silence") vi.setSystemTime(Date.now() + SILENCE_MS);
          else start();
        }
        await push("taken");
        await push("taken");

        const ofLives: Sums = new Map();
        for (const text of newest.values()) addText(ofLives, text);
        expect(withoutZeros(ofLives)).toEqual(withoutZeros(counted));

        // A series that is new shows zero for a while.
        for (let i = 0; i < 4; i++) {
          vi.setSystemTime(Date.now() + 60_000);
          aggregate.text(GROUP, "pushed", Date.now());
          aggregate.shown(GROUP, "pushed", Date.now());
        }
        const shown: Sums = new Map();
        addText(shown, aggregate.text(GROUP, "pushed", Date.now()));
        expect(withoutZeros(shown)).toEqual(withoutZeros(counted));
      }),
      { numRuns: 15 },
    );
  },
);

test("a label that comes after a silence changes nothing of what the life before has counted", async () => {
  endProcess();
  const register = new client.Registry();
  const own = { labelNames: ["plan", "zone"], registers: [register] };
  const orders = new client.Counter({ name: "orders_total", help: "Orders.", ...own });
  fromPromClient(register);
  const { gateway, push } = startProcess();
  orders.inc({ plan: "a" }, 5);
  await push();
  vi.setSystemTime(Date.now() + SILENCE_MS);
  orders.inc({ plan: "a" }, 1);
  orders.inc({ plan: "a", zone: "x" }, 2);
  await push();
  expect(gateway.instances()).toHaveLength(2);
  expect(gateway.sum('orders_total{plan="a"}')).toBe(5);
  expect(gateway.sum('orders_total{plan="a",zone=""}')).toBe(1);
  expect(gateway.sum('orders_total{plan="a",zone="x"}')).toBe(2);
});

test("a restored total goes on, whatever labels come first in the new process", async () => {
  const start = () => {
    endProcess();
    directory.abandon();
    const register = new client.Registry();
    const own = { labelNames: ["plan", "zone", "tier"], registers: [register] };
    const orders = new client.Counter({ name: "orders", help: "Orders.", ...own });
    fromPromClient(register);
    const openJournal = fileJournal({ directory: directory.directory, environment: "one" });
    return { orders, ...startProcess({}, { openJournal }) };
  };
  const first = start();
  first.orders.inc({ plan: "a", zone: "x" }, 5);
  await first.push();
  const second = start();
  second.orders.inc({ tier: "t", zone: "x" }, 1);
  second.orders.inc({ zone: "x", plan: "a" }, 2);
  expect(linesOf(await second.push(), "orders_total")).toEqual([
    'orders_total{plan="a",zone="x",tier=""} 7',
    'orders_total{plan="",zone="x",tier="t"} 1',
  ]);
  expect(second.gateway.instances()).toEqual(first.gateway.instances());
});

test("a snapshot of default metrics is none that the aggregator refuses", async () => {
  const register = new client.Registry();
  endProcess();
  client.collectDefaultMetrics({ register });
  fromPromClient(register);
  const snapshot = await startProcess().push();
  const push = { group: GROUP, life: "one", snapshot, atMs: 1 };
  expect(() => createAggregate().push(push)).not.toThrow(MalformedSnapshot);
  expect(snapshot).toContain("process_cpu_seconds_total");
});
