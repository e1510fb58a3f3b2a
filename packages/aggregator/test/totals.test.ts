import { expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { snapshot } from "./snapshot.js";
import { ask, start, stateFolder } from "./use-aggregator.js";

const gateway = useGateway();

test("pushes of all instances add up to one group of the job on the gateway", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  expect(await push(url, "a", 1, 3)).toBe(200);
  expect(await push(url, "b", 1, 4)).toBe(200);
  await gateway.eventually("orders_total", { job: "shop", plan: "pro" }).toBe(7);
  // Later pushes replace what is known of an instance; older and repeated ones change nothing.
  expect(await push(url, "a", 2, 5)).toBe(200);
  expect(await push(url, "a", 1, 3)).toBe(200);
  await gateway.eventually("orders_total", { job: "shop" }).toBe(9);
  expect(await gateway.instances()).toEqual([]);
});

test("totals go on after a restart", async () => {
  const directory = stateFolder();
  const first = await start({ pushgateway: gateway.url, directory });
  await push(first.url, "a", 1, 3);
  await first.close();
  const { url } = await start({ pushgateway: gateway.url, directory });
  expect(await push(url, "a", 2, 4)).toBe(200);
  expect(await push(url, "b", 1, 1)).toBe(200);
  await gateway.eventually("orders_total", { job: "shop" }).toBe(5);
});

test("an instance that was acknowledged and is not known is told to begin anew", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  const known = snapshot(8, { 'orders_total{plan="pro"}': 3 }, 7);
  const [status, reason] = await ask("PUT", `${url}/metrics/job/shop/instance/a`, known);
  expect([status, reason]).toEqual([
    410,
    "this aggregator does not know what was acknowledged of this instance: go on as a new one with the rest",
  ]);
});

async function push(url: string, life: string, sequence: number, orders: number): Promise<number> {
  const body = snapshot(sequence, { 'orders_total{plan="pro"}': orders });
  const [status] = await ask("PUT", `${url}/metrics/job/shop/instance/${life}`, body);
  return status;
}
