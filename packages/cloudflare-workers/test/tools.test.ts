import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startWorker, type Worker } from "../../../test/workers/worker.js";

const lane = fileURLToPath(new URL("./peers", import.meta.url));
const gateway = useGateway();
const { shown, eventually } = gateway;

beforeAll(() => installLane(lane), 120_000);

async function run(entry: string): Promise<Worker> {
  const worker = await startWorker({
    entry: `${lane}/every-handler-${entry}.mjs`,
    nodejsCompat: true,
    queue: "QUEUE",
    objects: { SHOP: "Shop" },
    entrypoints: { ENTRYPOINT: "Adder" },
    workflows: { BILLING: "Billing" },
    bindings: { PUSHGATEWAY_URL: gateway.url },
  });
  onTestFinished(() => worker.stop());
  return worker;
}

/** Makes every handler and class run, and tells what was answered. */
async function useAll(worker: Worker): Promise<unknown[]> {
  const answers: unknown[] = [];
  const answer = async (path: string, what?: string) => {
    const response = await worker.fetch(`/${path}`);
    const own = response.headers.get("x-own");
    // An exception's page has a stack trace.
    const text = response.status === 500 ? "" : await response.text();
    answers.push([path, response.status, own, response.headers.get("content-type"), text]);
    if (what) await expect.poll(() => worker.logs(), { timeout: 10_000 }).toContain(`ran ${what}`);
  };
  for (const path of ["plain", "stream", "throw"]) await answer(path);
  await answer("send", "queue");
  await answer("wait", "end of chain");
  for (const path of ["object", "add"]) await answer(path);
  await answer("alarm", "object rang");
  for (const path of ["many", "entrypoint"]) await answer(path);
  await answer("workflow", "workflow 1");
  answers.push(await worker.scheduled(), (await worker.email("a@example.com")).status);
  return answers;
}

/** What a Worker answers without our wrappers. */
const known = new Map<string, unknown[]>();

async function answersOf(entry: string): Promise<unknown[]> {
  const answers = known.get(entry) ?? (await useAll(await run(entry)));
  known.set(entry, answers);
  return answers;
}

const tools = ["in-sentry", "around-sentry", "in-otel", "around-otel"];

describe.each(tools)("every handler and class, %s", { timeout: 120_000 }, (entry) => {
  test("is counted once, and answers as with the tool alone", async () => {
    const worker = await run(entry);
    const answers = await useAll(worker);
    const counted = (faas_trigger: string) =>
      eventually("faas_invoke_duration_seconds_count", { faas_trigger });
    // Eleven requests, and one to the object.
    await counted("http").toBe(12);
    // A queue's batch and an email.
    await counted("pubsub").toBe(2);
    // A cron trigger and an alarm.
    await counted("timer").toBe(2);
    // Two calls of the object and 300 that wait, one of the entrypoint, and a Workflow.
    await counted("other").toBe(304);
    expect(await shown("faas_errors_total")).toBe(1);
    expect(await shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
    expect(await shown("calls_total", { what: "end of chain" })).toBe(1);
    expect(await shown("calls_total")).toBe(21);
    expect(answers).toEqual(await answersOf(`${entry.split("-")[1]}-alone`));
    expect(answers).toEqual(await answersOf("bare"));
    expect(worker.logs()).not.toMatch(/prefreeze:|Maximum call stack|hung|deadlock/);
  });
});
