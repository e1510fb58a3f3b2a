import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAggregatorProcess } from "../../test/truth/through/aggregator-process.js";

/** The aggregator of the demo: `prefreeze aggregate` in a process of its own, with an empty state. */
export interface DemoAggregator {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param pushgateway where it pushes the sums */
export async function startAggregator(pushgateway: string): Promise<DemoAggregator> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-demo-"));
  const aggregator = await startAggregatorProcess({
    state: join(folder, "state"),
    pushgateway,
    pushInterval: "200ms",
  });
  return {
    url: aggregator.url!,
    async stop() {
      await aggregator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
