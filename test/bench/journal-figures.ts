import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { counter } from "@prefreeze/core";
import { catalog, textFormat } from "../../packages/core/test/internals.js";
import { fileJournal } from "@prefreeze/node";
import { type BenchFigure, limited } from "./figure.js";
import { quantile } from "./quantile.js";

const SERIES = 100;
/** The number of series that an invocation changes. */
const CHANGED = 5;

/** The journal's cost per invocation: an in-flight entry when it begins, and the totals when it has ended. */
export async function* journalFigures(quick: boolean): AsyncGenerator<readonly BenchFigure[]> {
  const directory = await mkdtemp(join(tmpdir(), "prefreeze-bench-"));
  const open = fileJournal({ directory, environment: "bench" });
  const journal = open({ urls: ["http://127.0.0.1:9/"], job: "bench", grouping: {} });
  if (!journal) throw new Error("there is no journal to measure");
  const orders = counter({ name: "orders_total", help: "Orders.", labelNames: ["customer"] });
  const children = Array.from({ length: SERIES }, (_, i) => orders.labels({ customer: `c${i}` }));
  for (const child of children) child.inc();
  const life = { id: "bench-1", url: "http://127.0.0.1:9/", sequence: 0, inDoubt: false };
  const metrics = [...catalog.metrics.values()];

  const beginsUs: number[] = [];
  const writesUs: number[] = [];
  try {
    for (let i = 0; i < (quick ? 500 : 20_000); i++) {
      let startedMs = performance.now();
      const inFlight = journal.begin("http", false);
      beginsUs.push((performance.now() - startedMs) * 1_000);
      for (let j = 0; j < CHANGED; j++) children[(i + j) % SERIES]!.inc();
      startedMs = performance.now();
      journal.end(inFlight);
      journal.write({ ...life, sequence: i }, textFormat(metrics), false);
      writesUs.push((performance.now() - startedMs) * 1_000);
    }
  } finally {
    journal.remove();
    await rm(directory, { recursive: true });
  }
  yield [
    limited("journal_begin_p50", quantile(beginsUs, 0.5), "us", "<=", 5),
    limited("journal_state_write_100_series_p50", quantile(writesUs, 0.5), "us", "<=", 50),
  ];
}
