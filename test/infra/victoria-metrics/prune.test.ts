import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { agedGateway } from "../../../packages/cli/test/groups/aged-gateway.js";
import { startFailingProxy } from "../../../packages/cli/test/groups/failing-proxy.js";
import { put, snapshot } from "../../../packages/cli/test/groups/push.js";
import { pruneGroups } from "../../../packages/cli/src/prune/prune.js";
import { foundGateways } from "../../pushgateway/gateways.mjs";
import { startUnit } from "./start-unit.js";

const newest = (await foundGateways()).at(-1)!;

test("prune deletes what VictoriaMetrics has read twice, and nothing while its scrape is down", async () => {
  const gateway = await agedGateway(newest.path, async (url) => {
    // VictoriaMetrics rounds some of their times down.
    for (let index = 0; index < 20; index++)
      await put(url, `job/ended/instance/${index}`, snapshot(4));
  });
  // VictoriaMetrics scrapes through this, until it is told to fail.
  const proxy = await startFailingProxy(gateway.url, true);
  const folder = await mkdtemp(join(tmpdir(), "victoria-metrics-prune-"));
  const scrapes = join(folder, "scrapes.yml");
  await writeFile(
    scrapes,
    `scrape_configs: [{job_name: pushgateway, honor_labels: true, scrape_interval: 1s, static_configs: [{targets: ["${new URL(proxy.url).host}"]}]}]`,
  );
  const store = await startUnit("victoria-metrics", {
    storageDataPath: join(folder, "data"),
    "test.promscrape.config": scrapes,
    // By default, a query leaves out the newest 30 s.
    "test.search.latencyOffset": "1s",
  });
  onTestFinished(async () => {
    await store.stop();
    proxy.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const prune = () =>
    pruneGroups(
      { url: gateway.url, headers: {} },
      { prometheus: { url: store.url, headers: {} }, scrapeIntervalMs: 1_000 },
    );
  const waiting = { timeout: 20_000, interval: 200 };
  expect(await prune()).toMatchObject({ deleted: [], kept: { unscraped: 20 } });
  proxy.fails = false;
  await vi.waitFor(async () => expect((await prune()).deleted).toHaveLength(20), waiting);
  proxy.fails = true;
  await vi.waitFor(
    async () => expect(await prune()).toMatchObject({ deleted: [], kept: { unscraped: 20 } }),
    // Sooner than the samples of before the fault are out of the window of ten scrapes.
    { timeout: 6_000, interval: 200 },
  );
}, 60_000);
