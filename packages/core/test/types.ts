// Compiled, not run. Code that must not compile stands below `@ts-expect-error`.
import {
  counter,
  type Counter,
  currentInvocation,
  gauge,
  type GaugeAggregate,
  histogram,
  type InvocationRecord,
  type MetricOptions,
  onInvocation,
  type Options,
  recorded,
} from "@prefreeze/core";
import type { Equal } from "../../../test/types/equal.js";

/** Fails to compile unless both are the same type. */
function same<A, B>(_: Equal<A, B>): void {}

const hits = counter({ name: "hits_total", help: "Hits." });
const requests = counter({
  name: "requests_total",
  help: "Requests.",
  labelNames: ["method", "code"],
});
const backlog = gauge({
  name: "backlog",
  help: "Waiting.",
  labelNames: ["queue"],
  aggregate: "sum",
});
const level = gauge({ name: "level", help: "Level." });
const sizes = histogram({
  name: "size_bytes",
  help: "Sizes.",
  labelNames: ["kind"],
  buckets: [1, 2],
});
const work = histogram({ name: "work_seconds", help: "Work." });

same<typeof hits, Counter>(true);
same<typeof requests, Counter<readonly ["method", "code"]>>(true);

// Counters.
hits.inc();
hits.inc(2);
hits.labels().inc();
requests.inc({ method: "GET", code: 200 });
requests.inc({ method: "GET", code: "200" }, 2);
requests.labels({ method: "GET", code: 200 }).inc(2);
requests.labels("GET", 200).inc();
// @ts-expect-error the metric has no labels
hits.inc({ plan: "pro" });
// @ts-expect-error the metric has no labels
hits.labels("pro");
// @ts-expect-error a value is a number
hits.inc("2");
// @ts-expect-error labels are missing
requests.inc();
// @ts-expect-error labels are missing
requests.inc(2);
// @ts-expect-error a label is missing
requests.inc({ method: "GET" });
// @ts-expect-error an unknown label
requests.inc({ method: "GET", code: 200, path: "/" });
// @ts-expect-error a misspelled label
requests.inc({ methd: "GET", code: 200 });
// @ts-expect-error a label is a string or a number
requests.inc({ method: "GET", code: undefined });
// @ts-expect-error a label is a string or a number
requests.inc({ method: "GET", code: true });
// @ts-expect-error a value is a number
requests.inc({ method: "GET", code: 200 }, "2");
// @ts-expect-error too few labels by position
requests.labels("GET");
// @ts-expect-error too many labels by position
requests.labels("GET", 200, "eu");
// @ts-expect-error no labels by position, instead of two
requests.labels();
// @ts-expect-error a label is missing
requests.labels({ method: "GET" });
// @ts-expect-error a child has its labels already
requests.labels("GET", 200).inc({ method: "GET", code: 200 });
// @ts-expect-error a counter cannot decrease
hits.dec();
// @ts-expect-error a counter cannot be set
hits.set(5);

// Gauges.
level.set(5);
level.inc();
level.dec(2);
level.setToCurrentTime();
backlog.set({ queue: "a" }, 5);
backlog.inc({ queue: "a" });
backlog.dec({ queue: "a" }, 2);
backlog.setToCurrentTime({ queue: "a" });
backlog.labels("a").set(5);
backlog.labels("a").setToCurrentTime();
// @ts-expect-error a value is missing
level.set();
// @ts-expect-error a value is missing
backlog.set({ queue: "a" });
// @ts-expect-error labels are missing
backlog.set(5);
// @ts-expect-error labels are missing
backlog.setToCurrentTime();
// @ts-expect-error the current time cannot be passed
level.setToCurrentTime(5);
// @ts-expect-error a value is missing
backlog.labels("a").set();
// @ts-expect-error average is not a way to aggregate
gauge({ name: "odd", help: "Odd.", aggregate: "average" });
// @ts-expect-error only gauges have aggregate
counter({ name: "odd_total", help: "Odd.", aggregate: "sum" });

// Histograms.
work.observe(5);
sizes.observe({ kind: "a" }, 5);
sizes.labels("a").observe(5);
same<number, ReturnType<ReturnType<typeof work.startTimer>>>(true);
work.startTimer()();
sizes.startTimer({ kind: "a" })();
sizes.startTimer()({ kind: "a" });
sizes.labels("a").startTimer()();
same<string, ReturnType<typeof timed>>(true);
function timed() {
  return sizes.time({ kind: "a" }, () => "result");
}
same<Promise<number>, ReturnType<typeof timedLater>>(true);
function timedLater() {
  return work.time(async () => 5);
}
// @ts-expect-error a value is missing
work.observe();
// @ts-expect-error a value is missing
sizes.observe({ kind: "a" });
// @ts-expect-error labels are missing
sizes.observe(5);
// @ts-expect-error the metric has no labels
work.observe({ kind: "a" }, 5);
// @ts-expect-error labels are missing at the end
sizes.startTimer()();
// @ts-expect-error the labels were given at the start
sizes.startTimer({ kind: "a" })({ kind: "a" });
// @ts-expect-error an unknown label
sizes.startTimer({ sort: "a" });
// @ts-expect-error an unknown label beside a known one
sizes.startTimer({ kind: "a", sort: "b" });
// @ts-expect-error the metric has no labels
work.startTimer({ kind: "a" });
// @ts-expect-error the metric has no labels, not at the end either
work.startTimer()({ kind: "a" });
// @ts-expect-error a label is a string or a number
sizes.startTimer({ kind: true });
// @ts-expect-error a label is a string or a number
sizes.startTimer()({ kind: undefined });
// @ts-expect-error an unknown label at the end
sizes.startTimer()({ sort: "a" });
// @ts-expect-error labels are missing
sizes.time(() => 5);
// @ts-expect-error the function to time is missing
sizes.time({ kind: "a" });
// @ts-expect-error bounds are numbers
histogram({ name: "odd", help: "Odd.", buckets: ["1"] });

const pair = histogram({ name: "pair", help: "Pair.", labelNames: ["a", "b"] });
pair.startTimer({ a: 1 })({ b: 2 });
pair.startTimer({ b: 1 })({ a: 2 });
// @ts-expect-error one label is still missing
pair.startTimer({ a: 1 })();
// @ts-expect-error the other label is missing
pair.startTimer({ a: 1 })({ a: 2 });

// Definitions.
// @ts-expect-error help is missing
counter({ name: "odd_total" });
// @ts-expect-error the name is missing
counter({ help: "Odd." });
// @ts-expect-error label names are strings
counter({ name: "odd_total", help: "Odd.", labelNames: [1] });
// Label names that are not known at compile time allow any labels.
const some: readonly string[] = ["a"];
counter({ name: "some_total", help: "Some.", labelNames: some }).inc({ a: 1, anything: 2 });
const shared = ["plan"] as const;
counter({ name: "shared_total", help: "Shared.", labelNames: shared }).labels("pro").inc();

// Names that would throw when they are defined. The error says why.
// @ts-expect-error a counter's name must end in _total
counter({ name: "orders", help: "Orders." });
// @ts-expect-error the name faas_orders_total is reserved
counter({ name: "faas_orders_total", help: "Orders." });
// @ts-expect-error the name prefreeze_orders_total is reserved
counter({ name: "prefreeze_orders_total", help: "Orders." });
// @ts-expect-error the name must match [a-zA-Z_:][a-zA-Z0-9_:]*
counter({ name: "shop-orders_total", help: "Orders." });
// @ts-expect-error the name must not end in _total
gauge({ name: "orders_total", help: "Orders." });
// @ts-expect-error the name must not end in _bucket
gauge({ name: "orders_bucket", help: "Orders.", aggregate: "sum" });
// @ts-expect-error the name up is reserved
gauge({ name: "up", help: "Up." });
// @ts-expect-error the name must not end in _count
histogram({ name: "order_count", help: "Orders." });
// @ts-expect-error the name process_seconds is reserved
histogram({ name: "process_seconds", help: "Time.", buckets: [1] });
// @ts-expect-error the label job is reserved
counter({ name: "odd_total", help: "Odd.", labelNames: ["job"] });
// @ts-expect-error the label instance is reserved
gauge({ name: "odd", help: "Odd.", labelNames: ["plan", "instance"] });
// @ts-expect-error the label le is reserved
histogram({ name: "odd", help: "Odd.", labelNames: ["le"], buckets: [1] });
// @ts-expect-error the label quantile is reserved
histogram({ name: "odd", help: "Odd.", labelNames: ["quantile"] });
// @ts-expect-error the label __plan is reserved
counter({ name: "odd_total", help: "Odd.", labelNames: ["__plan"] });
// @ts-expect-error only histograms have buckets
counter({ name: "odd_total", help: "Odd.", buckets: [1] });
// @ts-expect-error a label is misnamed
counter({ name: "odd_total", help: "Odd.", labels: ["plan"] });
gauge({ name: "upstream_healthy", help: "Healthy." });
gauge({ name: "goods", help: "Goods." });
// Names that are known only when the program runs compile, and labels are inferred as before.
const prefix: string = "shop";
const dynamic = counter({ name: `${prefix}_orders_total`, help: "Orders.", labelNames: ["plan"] });
same<typeof dynamic, Counter<readonly ["plan"]>>(true);
for (const name of ["hits_total", "orders_total"] as const) counter({ name, help: "Many." }).inc();
const wrapped = <const N extends readonly string[]>(definition: MetricOptions<N>): Counter<N> =>
  counter(definition);
wrapped({ name: "hits_total", help: "Hits.", labelNames: ["plan"] }).inc({ plan: "pro" });
counter<["plan"]>({ name: "hits_total", help: "Hits.", labelNames: ["plan"] }).inc({ plan: 1 });

// Invocations.
same<string | undefined, NonNullable<ReturnType<typeof currentInvocation>>["id"] | undefined>(true);
// @ts-expect-error there may be no current invocation
void currentInvocation().flush();
const end: () => void = onInvocation((record: InvocationRecord) => void record.value("hits_total"));
end();
onInvocation(async ({ outcome }) => {
  same<"succeeded" | "failed" | "timedOut", typeof outcome>(true);
});
// @ts-expect-error the result is a promise
recorded(() => undefined).value("hits_total");
// @ts-expect-error no such trigger
void recorded(() => undefined, { trigger: "cron" });

// Settings.
const aggregate: GaugeAggregate = "last";
const options: Options = {
  headers: async () => ({ authorization: await Promise.resolve("Bearer token") }),
  transport: async ({ method, signal }) => ({
    status: signal.aborted || method === "DELETE" ? 500 : 200,
    body: aggregate,
  }),
};
// @ts-expect-error milliseconds are a number
options satisfies Options & { readonly flushTimeoutMs: string };
// @ts-expect-error no such option
const misspelled: Options = { flushTimeout: 5 };
void misspelled;
