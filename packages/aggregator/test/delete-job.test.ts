import { expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { snapshot } from "./snapshot.js";
import { ask, start, stateFolder } from "./use-aggregator.js";

const gateway = useGateway();

test("DELETE of a job's own group forgets its totals for good, and its instances go on with the rest", async () => {
  const directory = stateFolder();
  const options = { directory, pushgateway: gateway.url, scrapeIntervalMs: 0 };
  const first = await start(options);
  expect(await push(first.url, "shop", snapshot(1, { orders_total: 7 }))).toBe(200);
  expect(await push(first.url, "cart", snapshot(1, { orders_total: 2 }))).toBe(200);
  await gateway.eventually("orders_total").toBe(9);
  expect(await ask("DELETE", `${first.url}/metrics/job/shop`)).toEqual([202, ""]);
  expect(await gateway.shown("orders_total")).toBe(2);
  // What was acknowledged went with the job: the instance begins anew with the rest.
  expect(await push(first.url, "shop", snapshot(2, { orders_total: 8 }, 1))).toBe(410);
  await first.close();
  const { url } = await start(options);
  expect((await ask("GET", `${url}/metrics`))[1]).not.toContain('job="shop"');
  expect(await push(url, "shop", snapshot(1, { orders_total: 1 }))).toBe(200);
  await gateway.eventually("orders_total", { job: "shop" }).toBe(1);
});

test("DELETE of a job changes nothing while the gateway does not answer", async () => {
  const { url } = await start({ pushgateway: `${gateway.url}/no/gateway`, scrapeIntervalMs: 0 });
  expect(await push(url, "shop", snapshot(1, { orders_total: 7 }))).toBe(200);
  expect(await ask("DELETE", `${url}/metrics/job/shop`)).toEqual([
    502,
    "the Pushgateway does not delete the group: delete it again later",
  ]);
  expect(await push(url, "shop", snapshot(2, { orders_total: 8 }, 1))).toBe(200);
});

test("another client cannot replace the group of a job's totals", async () => {
  const { url } = await start({ pushgateway: gateway.url, scrapeIntervalMs: 0 });
  expect(await push(url, "shop", snapshot(1, { orders_total: 7 }))).toBe(200);
  await gateway.eventually("orders_total", { job: "shop" }).toBe(7);
  for (const method of ["PUT", "POST"])
    for (const path of ["/metrics/job/shop", "/metrics/job@base64/c2hvcA=="])
      expect(await ask(method, url + path, "night_runs 1\n")).toEqual([
        409,
        "the aggregator writes the group /metrics/job/shop: push with another job, or with one more grouping label",
      ]);
  expect(await ask("PUT", `${url}/metrics/job/shop/step/night`, "night_runs 1\n")).toEqual([
    200,
    "",
  ]);
  expect(await gateway.shown("orders_total", { job: "shop" })).toBe(7);
});

async function push(url: string, job: string, body: string): Promise<number> {
  const [status] = await ask("PUT", `${url}/metrics/job/${job}/instance/a`, body);
  return status;
}
