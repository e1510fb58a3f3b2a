import { expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { deploy } from "./deploy.js";

const gateway = useGateway();
const WARNING = "recordings in a worker thread are lost: record in the main thread";

test("one warning tells that recordings in the function's own threads are lost", async () => {
  const { invoke, lambda } = await deploy("own-threads.ts", {
    env: { PUSHGATEWAY_URL: gateway.url },
  });
  expect(await invoke({ threads: 0 })).toMatchObject({ errorType: undefined });
  expect(lambda.logs()).not.toContain("prefreeze:");
  for (let i = 0; i < 2; i++)
    expect(await invoke({ threads: 2 })).toMatchObject({ errorType: undefined });
  await expect.poll(() => lambda.logs()).toContain(`prefreeze: ${WARNING}`);
  expect(lambda.logs().split(WARNING)).toHaveLength(2);
  expect(await gateway.shown("orders_total")).toBe(3);
});
