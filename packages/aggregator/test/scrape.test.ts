import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { snapshot } from "./snapshot.js";
import { ask, start, stateFolder } from "./use-aggregator.js";

const gateway = useGateway();

test("a scrape has the totals of every job, and what the aggregator tells about itself", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  await ask("PUT", `${url}/metrics/job/shop/instance/a`, snapshot(1, { orders_total: 3 }));
  await ask("PUT", `${url}/metrics/job/shop/instance/a`, snapshot(1, { orders_total: 3 }));
  await ask("PUT", `${url}/metrics/job/other/instance/b`, snapshot(9, { orders_total: 4 }, 8));
  await ask("PUT", `${url}/metrics/job/other/instance/b`, "prefreeze_snapshot_sequence x\n");
  const families = parseText((await ask("GET", `${url}/metrics`))[1] + "\n");
  const pushes = (answer: string) =>
    sample(families, "prefreeze_aggregator_pushes_total", { answer });
  expect(["accepted", "older", "unknown_life", "refused"].map(pushes)).toEqual([1, 1, 1, 1]);
  expect(sample(families, "prefreeze_instances", { job: "shop" })).toBe(1);
  expect(sample(families, "prefreeze_aggregator_lives")).toBe(1);
  expect(sample(families, "prefreeze_aggregator_commit_duration_seconds_count")).toBeGreaterThan(0);
});

test("a scrape tells how many series of instances are over the limit", async () => {
  const { url } = await start({ pushgateway: gateway.url, maxSeries: 2 });
  const text = snapshot(1, { 'x_total{a="1"}': 1 }).replace(
    /^x_total.*\n/m,
    ["1", "2", "3", "4"].map((value) => `x_total{a="${value}"} 1\n`).join(""),
  );
  for (const instance of ["a", "b"])
    await ask("PUT", `${url}/metrics/job/shop/instance/${instance}`, text);
  const families = parseText((await ask("GET", `${url}/metrics`))[1] + "\n");
  expect(sample(families, "prefreeze_aggregator_overflowed_series")).toBe(4);
});

test("a series that is new shows 0 in two scrapes before its value, also over a restart", async () => {
  const directory = stateFolder();
  const first = await start({ pushgateway: gateway.url, directory });
  const shown = async (url: string) =>
    sample(parseText((await ask("GET", `${url}/metrics`))[1] + "\n"), "orders_total", {
      job: "shop",
    });
  await ask("PUT", `${first.url}/metrics/job/shop/instance/a`, snapshot(1, { orders_total: 3 }));
  expect(await shown(first.url)).toBe(0);
  // Who only asks for the headers has seen nothing.
  await ask("HEAD", `${first.url}/metrics`);
  await first.close();
  const { url } = await start({ pushgateway: gateway.url, directory });
  expect([await shown(url), await shown(url), await shown(url)]).toEqual([0, 3, 3]);
});

test("it tells the version of its package", async () => {
  const { url } = await start({ pushgateway: gateway.url });
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  expect((await ask("GET", url))[1]).toContain(`prefreeze ${version},`);
});
