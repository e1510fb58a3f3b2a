import { onTestFinished } from "vitest";
import { snapshot } from "../../../aggregator/test/snapshot.js";
import { startWorker, type WorkerOptions } from "../../../../test/workers/worker.js";
import { fixture } from "../run-worker.js";

/** An aggregator object in workerd. */
export interface TestAggregator {
  /** Pushes a snapshot of a life. @returns the status, or what was thrown */
  push(
    life: string,
    sequence: number,
    counters: Readonly<Record<string, number>>,
    acknowledged?: number,
  ): Promise<number | string>;
  /** Takes any push. */
  take(
    path: string,
    body: string,
    method?: "PUT" | "DELETE",
  ): Promise<{ readonly status: number; readonly body: string; readonly thrown?: string }>;
  /** Ends the object without notice. The next call begins it again. */
  abort(): Promise<void>;
  /** Deletes all that is stored. */
  wipe(): Promise<void>;
  logs(): string;
  stop(): Promise<void>;
}

/** Runs an aggregator object in workerd until the end of the test. It pushes each second. */
export async function runAggregator(
  gateway: { readonly url: string } | undefined,
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
  onTestFinished(() => worker.stop());

  async function order(of: object): Promise<unknown> {
    const response = await worker.fetch("/", { method: "POST", body: JSON.stringify(of) });
    return response.json();
  }

  const take: TestAggregator["take"] = async (path, body, method = "PUT") =>
    (await order({ method, path, body })) as Awaited<ReturnType<TestAggregator["take"]>>;
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
    logs: () => worker.logs(),
    stop: () => worker.stop(),
  };
}
