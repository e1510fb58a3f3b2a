import { expect, test } from "vitest";
import { deploy } from "./deploy.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();

test.each([
  ["throws at once if the push comes after the response", "caught-registered.ts", "thrown at once"],
  ["rejects after the push if its caller has to wait for it", "caught.ts", "rejected"],
])(
  "a handler that throws before it returns a promise %s",
  async (_, fixture, how) => {
    const { invoke, lambda } = await deploy(fixture, {
      format: "esm",
      env: { PUSHGATEWAY_URL: gateway.url },
    });
    expect((await invoke()).result).toBe(`${how}: broken`);
    await lambda.settled();
    await gateway.eventually("faas_errors_total", { error_type: "RangeError" }).toBe(1);
  },
  30_000,
);

test("a handler that throws before it returns a promise throws at once if nothing is pushed", async () => {
  const { invoke } = await deploy("caught.ts");
  expect((await invoke()).result).toBe("thrown at once: broken");
}, 30_000);
