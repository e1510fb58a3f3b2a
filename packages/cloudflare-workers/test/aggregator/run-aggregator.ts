import { onTestFinished } from "vitest";
import { snapshot } from "../../../aggregator/test/snapshot.js";
import { startWorker, type Worker, type WorkerOptions } from "../../../../test/workers/worker.js";
import { fixture, warnings } from "../run-worker.js";

/** What an object answers, or what it threw. */
interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly thrown?: string;
}

/** An aggregator object in workerd. */
export interface TestAggregator {
  /** Pushes a snapshot of a life. @returns the status, or what was thrown */
  push(
    life: string,
    sequence: number,
    counters: Readonly<Record<string, number>>,
    acknowledged?: number,
  ): Promise<number | string | undefined>;
  /** Takes any push. */
  take(path: string, body: string, method?: "PUT" | "DELETE"): Promise<Answer>;
  /** Ends the object without notice. The next call begins it again. */
  abort(): Promise<void>;
  /** Deletes all that is stored. */
  wipe(): Promise<void>;
  /** @returns the rows that a query finds */
  sql(query: string): Promise<unknown>;
  /** Rings the alarm, at a time that is so much later, and waits until it has done its work. */
  ring(laterMs?: number): Promise<void>;
  logs(): string;
  /** The warnings so far; workerd itself logs connections that fail. */
  warnings(): readonly string[];
  /** Another object of the same class. */
  shard(name: string): TestAggregator;
  stop(): Promise<void>;
}

/** The address of a gateway, or several of them. */
interface Gateway {
  readonly url: string;
}

/** Runs an aggregator object in workerd until the end of the test. It pushes each second. */
export async function runAggregator(
  gateway?: Gateway,
  options: WorkerOptions = {},
): Promise<TestAggregator> {
  const worker = await startWorker({
    entry: fixture("aggregator.ts"),
    objects: { OBJECT: "TestAggregator" },
    ...options,
    bindings: {
      ...(gateway && { PUSHGATEWAY_URL: gateway.url }),
      PREFREEZE_PUSH_INTERVAL_MS: "1000",
      PREFREEZE_SCRAPE_INTERVAL_MS: "0",
      ...options.bindings,
    },
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= worker.stop());
  onTestFinished(stop);

  return objectOf(worker, "prefreeze-0", stop);
}

function objectOf(worker: Worker, shard: string, stop: () => Promise<void>): TestAggregator {
  async function order(of: object): Promise<unknown> {
    const body = JSON.stringify({ shard, ...of });
    const response = await worker.fetch("/", { method: "POST", body });
    return response.json();
  }

  const take: TestAggregator["take"] = async (path, body, method = "PUT") =>
    (await order({ method, path, body })) as Answer;
  return {
    take,
    async push(life, sequence, counters, acknowledged) {
      const path = `/metrics/job/shop/instance/${life}`;
      const { status, thrown } = await take(path, snapshot(sequence, counters, acknowledged));
      return thrown ?? status;
    },
    async abort() {
      await order({ method: "abort" });
    },
    async wipe() {
      await order({ method: "wipe" });
    },
    sql: (body) => order({ method: "sql", body }),
    async ring(laterMs = 0) {
      await order({ method: "ring", laterMs });
    },
    logs: () => worker.logs(),
    warnings: () => warnings(worker),
    shard: (name) => objectOf(worker, name, stop),
    stop,
  };
}
