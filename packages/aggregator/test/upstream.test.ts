import { expect, onTestFinished, test } from "vitest";
import { hangingGateway } from "../../../test/pushgateway/broken-gateways.js";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import { startRealGateway } from "../../../test/pushgateway/real.js";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { snapshot } from "./snapshot.js";
import { ask, start } from "./use-aggregator.js";

const gateway = useGateway();
const PATH = "/metrics/job/shop/instance/a";

test("an outage of the gateway delays and loses nothing", async () => {
  const printed: string[] = [];
  let isDown = true;
  const between = await forwardingGateway(gateway.url, () => !isDown);
  const { url } = await start({
    pushgateway: between.url,
    log: (message) => void printed.push(message),
  });
  expect(await ask("PUT", url + PATH, snapshot(1, { orders_total: 3 }))).toEqual([200, ""]);
  expect(
    await ask("PUT", `${url}/metrics/job/other/instance/b`, snapshot(1, { orders_total: 4 })),
  ).toEqual([200, ""]);
  await expect.poll(() => printed.join(), { timeout: 20_000 }).toContain("does not answer");
  isDown = false;
  await gateway.eventually("orders_total", { job: "shop" }).toBe(3);
  await gateway.eventually("orders_total", { job: "other" }).toBe(4);
  expect(printed.at(-1)).toMatch(/is back: every group is pushed again/);
});

test("a metric that the gateway refuses does not keep the others back", async () => {
  const printed: string[] = [];
  const { url } = await start({
    pushgateway: gateway.url,
    scrapeIntervalMs: 0,
    log: (message) => void printed.push(message),
  });
  await ask(
    "PUT",
    `${gateway.url}/metrics/job/elsewhere`,
    "# TYPE orders_total gauge\norders_total 1\n",
  );
  await ask("PUT", url + PATH, snapshot(1, { orders_total: 3, refunds_total: 2 }));
  await ask("PUT", `${url}/metrics/job/other/instance/b`, snapshot(1, { visits_total: 4 }));
  await gateway.eventually("refunds_total", { job: "shop" }).toBe(2);
  await gateway.eventually("visits_total", { job: "other" }).toBe(4);
  expect(await gateway.shown("orders_total", { job: "shop" })).toBeUndefined();
  expect(printed.join("\n")).toMatch(
    /metric "orders_total" of \/metrics\/job\/shop is left out of pushes/,
  );
});

test("while the gateway hangs, pushes are taken", async () => {
  const { url, close } = await start({ pushgateway: await hangingGateway() });
  expect(await ask("PUT", url + PATH, snapshot(1, { orders_total: 3 }))).toEqual([200, ""]);
  expect(await ask("PUT", url + PATH, snapshot(2, { orders_total: 4 }, 1))).toEqual([200, ""]);
  const startedMs = performance.now();
  await close();
  expect(performance.now() - startedMs).toBeLessThan(15_000);
});

test("each of several aggregators has a group of its own", async () => {
  const one = await start({ pushgateway: gateway.url, name: "one" });
  const two = await start({ pushgateway: gateway.url, name: "two" });
  expect(await ask("PUT", one.url + PATH, snapshot(1, { orders_total: 3 }))).toEqual([200, ""]);
  expect(await ask("PUT", two.url + PATH, snapshot(1, { orders_total: 4 }))).toEqual([200, ""]);
  await gateway.eventually("orders_total", { job: "shop", aggregator: "one" }).toBe(3);
  await gateway.eventually("orders_total", { job: "shop", aggregator: "two" }).toBe(4);
});

test("credentials in the gateway's address are sent and not printed", async () => {
  const printed: string[] = [];
  const log = (message: string) => void printed.push(message);
  const address = gateway.url.replace("://", "://operator:s3cret-w0rd@");
  const { url } = await start({ pushgateway: address, log });
  await ask("PUT", url + PATH, snapshot(1, { orders_total: 3 }));
  await gateway.eventually("orders_total", { job: "shop" }).toBe(3);
  const page = await ask("GET", url);
  const metrics = await ask("GET", `${url}/metrics`);
  for (const text of [...page, ...metrics, ...printed])
    expect(String(text)).not.toContain("s3cret");
});

test("a gateway that was restarted, empty, has every group again at once", async () => {
  let real = await startRealGateway();
  onTestFinished(() => real.stop());
  const port = new URL(real.url).port;
  const { url } = await start({ pushgateway: real.url, scrapeIntervalMs: 0 });
  await ask("PUT", url + PATH, snapshot(1, { orders_total: 3 }));
  await expect.poll(async () => sample(parseText(await real.metrics()), "orders_total")).toBe(3);
  await real.stop();
  real = await startRealGateway({ flags: [`--web.listen-address=127.0.0.1:${port}`] });
  await expect
    .poll(async () => {
      const shown = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text());
      return sample(parseText(shown), "orders_total");
    })
    .toBe(3);
});
