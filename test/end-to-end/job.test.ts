import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runJobs } from "../../packages/node/test/batch/run-job.js";
import { startRealGateway } from "../pushgateway/real.js";
import { startAggregatorProcess } from "../truth/through/aggregator-process.js";
import { startPrometheus } from "./prometheus.js";

test("plain PromQL tells how long ago a job has succeeded, through an aggregator too", async () => {
  const gateway = await startRealGateway();
  onTestFinished(gateway.stop);
  const folder = await mkdtemp(join(tmpdir(), "job-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const aggregator = await startAggregatorProcess({
    state: join(folder, "state"),
    pushgateway: gateway.url,
    pushInterval: "200ms",
  });
  onTestFinished(aggregator.stop);
  const prometheus = await startPrometheus(gateway.url);
  onTestFinished(async () => void (await prometheus.stop()));
  const age = () => prometheus.query("time() - batch_job_last_success_timestamp_seconds");
  const succeeded = () => prometheus.query("batch_job_success");
  const labels = { job: "shop", batch_job: "mails", gateway: new URL(gateway.url).host };

  expect((await runJobs(aggregator.url!, ["works"])).errors).toBe("");
  // The job itself has no instance: it is one series, whatever has run it.
  await expect.poll(age).toEqual([{ labels, value: expect.any(Number) as number }]);
  const firstAge = (await age())[0]?.value;
  expect(firstAge).toBeGreaterThan(0);
  expect(firstAge).toBeLessThan(15);

  expect((await runJobs(aggregator.url!, ["fails"])).errors).toBe("");
  await expect
    .poll(succeeded)
    .toEqual([{ labels: { ...labels, __name__: "batch_job_success" }, value: 0 }]);
  // It has not succeeded since.
  const laterAge = (await age())[0]?.value;
  expect(laterAge).toBeGreaterThan(firstAge!);

  // What both runs have recorded is added up by the aggregator, as everything else is.
  await expect
    .poll(() => prometheus.query("sum(mails_sent_total)"))
    .toEqual([{ labels: {}, value: 2 }]);
  const groups = new Set((await gateway.metrics()).match(/^push_time_seconds\{.*\}/gm));
  expect([...groups].toSorted()).toEqual([
    'push_time_seconds{batch_job="mails",instance="",job="shop"}',
    'push_time_seconds{instance="",job="shop"}',
  ]);
}, 60_000);
