import { expect, onTestFinished, test, vi } from "vitest";
import { deploy } from "../../packages/aws-lambda/test/deploy.js";
import { startPrometheus } from "../end-to-end/prometheus.js";
import { startRealGateway } from "../pushgateway/real.js";

test("a label value of 17 MB ends neither the function nor Prometheus: it counts as _overflow", async () => {
  const gateway = await startRealGateway({ flags: ["--persistence.file="] });
  onTestFinished(() => gateway.stop());
  const prometheus = await startPrometheus(gateway.url);
  onTestFinished(async () => void (await prometheus.stop()));
  const { invoke, lambda } = await deploy("long-values.ts", {
    env: { PUSHGATEWAY_URL: gateway.url },
  });
  for (const length of [3, 17_000_000, 1_000_000, 1_000_000, 3])
    expect(await invoke({ length })).toMatchObject({ errorType: undefined });

  const sum = (labels: string) => prometheus.query(`sum(orders_total{${labels}})`);
  await vi.waitFor(
    async () => expect(await sum('plan="xxx"')).toEqual([{ labels: {}, value: 2 }]),
    { timeout: 15_000, interval: 100 },
  );
  expect(await sum('plan="_overflow",country="_overflow"')).toEqual([{ labels: {}, value: 3 }]);
  expect(await prometheus.query("sum(prefreeze_dropped_series_total)")).toEqual([
    { labels: {}, value: 3 },
  ]);
  expect((await gateway.metrics()).length).toBeLessThan(50_000);
  expect(lambda.coldStarts()).toBe(1);
  expect(lambda.logs().split("prefreeze:")).toHaveLength(2);
}, 60_000);
