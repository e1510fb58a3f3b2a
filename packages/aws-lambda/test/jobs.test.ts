import { expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { deploy } from "./deploy.js";

const gateway = useGateway();
const { shown } = gateway;
const result = (what: string) =>
  shown(`batch_job_${what}`, { batch_job: "clean-up", instance: "" });

test("a job inside a function has its result pushed, and belongs to its invocation", async () => {
  const { invoke, lambda } = await deploy("nightly.ts", { env: { PUSHGATEWAY_URL: gateway.url } });
  expect((await invoke({})).result).toEqual({ rows: 7 });
  expect(await result("success")).toBe(1);
  const succeeded = await result("last_success_timestamp_seconds");
  expect(await shown("rows_cleaned_total")).toBe(7);

  expect((await invoke({ fails: true })).errorType).toBe("RangeError");
  expect(await result("success")).toBe(0);
  expect(await result("last_success_timestamp_seconds")).toBe(succeeded);
  expect(await shown("rows_cleaned_total")).toBe(14);
  expect(await shown("faas_invocations_total")).toBe(1);
  expect(await shown("faas_errors_total")).toBe(1);
  expect(lambda.logs()).not.toContain("prefreeze:");
});

test("CPU time goes on with the next process of an environment, and no freeze is a delay", async () => {
  const { invoke } = await deploy("nightly.ts", { env: { PUSHGATEWAY_URL: gateway.url } });
  const cpu = () => shown("process_cpu_seconds_total");
  await invoke({});
  const first = (await cpu())!;
  expect(first).toBeGreaterThan(0.02);
  // The environment is frozen now.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await invoke({});
  const second = (await cpu())!;
  expect(second).toBeGreaterThan(first);
  expect(await shown("nodejs_eventloop_lag_max_seconds")).toBeLessThan(1.2);

  await invoke({ exits: true });
  await invoke({});
  // Both processes together; a new one has used less than both.
  expect(await cpu()).toBeGreaterThan(second + 0.02);
});
