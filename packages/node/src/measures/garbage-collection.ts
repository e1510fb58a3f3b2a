import { builtIn, initSeries, observeIn, touchTotal } from "@prefreeze/core/adapter";

/** In seconds, as in prom-client. */
const BUCKETS = [0.001, 0.01, 0.1, 1, 2, 5];
/** By V8's numbers. 2 is another algorithm for 1. Source: `v8::GCType` */
const KINDS: Readonly<Record<number, string>> = {
  1: "minor",
  2: "minor",
  4: "major",
  8: "incremental",
  16: "weakcb",
};

/** As Node.js reports it; the duration is in milliseconds. */
interface Collection {
  readonly duration: number;
  readonly detail: { readonly kind: number };
}

/** Measures the garbage collections of this thread. */
export function measureGarbageCollection() {
  const durations = builtIn(
    "histogram",
    "nodejs_gc_duration_seconds",
    "Garbage collection duration by kind, one of major, minor, incremental or weakcb.",
    ["kind"],
    BUCKETS,
  );
  const count = (entries: readonly object[]) => {
    for (const { duration, detail } of entries as readonly Collection[]) {
      const kind = KINDS[detail.kind];
      if (kind) observeIn(touchTotal(initSeries(durations, { kind })), BUCKETS, duration / 1_000);
    }
  };
  let newest: (() => readonly object[]) | undefined;
  return {
    begin() {
      const { PerformanceObserver } = process.getBuiltinModule("node:perf_hooks");
      const observer = new PerformanceObserver((list) => count(list.getEntries()));
      observer.observe({ entryTypes: ["gc"] });
      newest = () => observer.takeRecords();
    },
    collect() {
      // Node.js reports them a moment later.
      if (newest) count(newest());
    },
  };
}
