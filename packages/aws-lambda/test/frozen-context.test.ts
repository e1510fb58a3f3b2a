import { expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { deployBundle, useBundle } from "./deploy.js";

const gateway = useGateway(false);
const { shown } = gateway;
const bundle = useBundle("frozen-context.ts", { format: "cjs" });

test.each([
  ["returns", { ok: true }, "faas_invocations_total"],
  ["succeeds", "done", "faas_invocations_total"],
  ["hangs", undefined, "faas_timeouts_total"],
])(
  "an invocation whose context another wrapper has frozen is counted if its handler %s",
  async (exported, result, counter) => {
    const job = `frozen-${exported}`;
    const { invoke, lambda } = await deployBundle(bundle(), {
      exported,
      functionName: job,
      runtimeClient: "ric-3",
      timeoutMs: 1_500,
      env: { PUSHGATEWAY_URL: gateway.url },
    });
    const answer = await invoke();
    if (result !== undefined) expect(answer.result).toEqual(result);
    await expect.poll(() => shown(counter, { job })).toBe(1);
    expect(lambda.logs()).not.toContain("prefreeze:");
  },
);

test.each([
  ["does not tell the time that is left", "untimed"],
  ["says that no time is left, since the clock is ahead", "ahead"],
])("an invocation whose context %s is counted and pushed", async (_, exported) => {
  const { invoke } = await deployBundle(bundle(), {
    exported,
    functionName: exported,
    env: { PUSHGATEWAY_URL: gateway.url },
  });
  expect(await invoke()).toMatchObject({ result: { ok: true } });
  await expect.poll(() => shown("faas_invocations_total", { job: exported })).toBe(1);
});
