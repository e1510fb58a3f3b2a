import { describe, expect, onTestFinished, test } from "vitest";
import { foundGateways } from "../../../../test/pushgateway/gateways.mjs";
import { startRealGateway } from "../../../../test/pushgateway/real.js";
import { start } from "../../../aggregator/test/use-aggregator.js";
import { prefreeze } from "../command.js";
import { checkOf, endsOf } from "./steps-of.js";

const gateways = await foundGateways();

describe.each(gateways.map(({ version, path }) => [version, path] as const))(
  "Pushgateway %s",
  (version, program) => {
    test("is told, takes the probes, shows them, and has none of them afterwards", async () => {
      await using gateway = await startRealGateway({ program });
      const result = await checkOf(gateway.url);
      expect(endsOf(result)).toEqual([
        "resolve: ok",
        "connect: ok",
        version === "1.11.2" ? "answer: ok" : "answer: warning",
        "authentication: ok",
        "push: ok",
        "path: ok",
        "gzip: ok",
        "output: ok",
        "cleanup: ok",
      ]);
      expect(result).toMatchObject({ url: gateway.url, ok: true });
      expect(result).not.toHaveProperty("failed");
      expect(result.steps[2]?.message).toBe(`Pushgateway ${version}`);
      expect(await gateway.metrics()).not.toContain("prefreeze_check");
    });

    test("behind an aggregator with a name has the group of the probe, and has none of it afterwards", async () => {
      await using gateway = await startRealGateway({ program });
      const aggregator = await start({ pushgateway: gateway.url, name: "a/b ü" });
      const result = await checkOf(aggregator.url);
      expect(endsOf(result)).toContain("gateway: ok");
      expect(result.ok).toBe(true);
      expect(result.steps[2]?.message).toBe("a prefreeze aggregator");
      expect(await gateway.metrics()).not.toContain("prefreeze_check");
      const own = await (await fetch(`${aggregator.url}/metrics`)).text();
      expect(own).not.toMatch(/^prefreeze_check/m);
      expect(own).toMatch(/^prefreeze_aggregator_groups 0$/m);
    });
  },
);

test("the known faults of 1.5.1 and 1.11.0 are warnings, with the version to upgrade to", async () => {
  const known = gateways.filter(({ version }) => version === "1.5.1" || version === "1.11.0");
  expect(known.length).toBeGreaterThan(0);
  for (const { path } of known) {
    await using gateway = await startRealGateway({ program: path });
    const { steps } = await checkOf(gateway.url);
    expect(steps.find(({ name }) => name === "answer")?.advice).toMatch(/^Upgrade to 1\.11\.1: /);
  }
});

test("a gateway without its consistency check is a warning", async () => {
  await using gateway = await startRealGateway({ flags: ["--push.disable-consistency-check"] });
  const { ok, steps } = await checkOf(gateway.url);
  expect(ok).toBe(true);
  expect(steps.find(({ name }) => name === "answer")).toMatchObject({
    status: "warning",
    message: expect.stringMatching(/, with --push.disable-consistency-check$/) as string,
  });
});

test("checks at once do not disturb each other, nor the groups of functions", async () => {
  await using gateway = await startRealGateway();
  const aggregator = await start({ pushgateway: gateway.url });
  await fetch(`${gateway.url}/metrics/job/checkout`, { method: "PUT", body: "orders 1\n" });
  const results = await Promise.all(Array.from({ length: 8 }, () => checkOf(aggregator.url)));
  expect(results.map(({ ok }) => ok)).toEqual(Array(8).fill(true));
  const shown = await gateway.metrics();
  expect(shown).toContain('orders{instance="",job="checkout"} 1');
  expect(shown).not.toContain("prefreeze_check");
});

test("an aggregator without its gateway is told", async () => {
  const gateway = await startRealGateway();
  const aggregator = await start({ pushgateway: gateway.url });
  await expect
    .poll(async () => await (await fetch(`${aggregator.url}/metrics`)).text())
    .toMatch(/^prefreeze_aggregator_gateway_up 1$/m);
  await gateway.stop();
  await expect
    .poll(async () => await (await fetch(`${aggregator.url}/metrics`)).text(), { timeout: 10_000 })
    .toMatch(/^prefreeze_aggregator_gateway_up 0$/m);
  const { failed, steps } = await checkOf(aggregator.url);
  expect(failed).toBe("gateway");
  expect(steps.find(({ name }) => name === "gateway")?.message).toBe(
    "the aggregator does not reach its Pushgateway",
  );
});

test("prefreeze check prints each step and ends with 0; with --json, one value", async () => {
  const gateway = await startRealGateway();
  onTestFinished(() => gateway.stop());
  const forPeople = await prefreeze(["check", "--pushgateway", gateway.url]);
  expect(forPeople).toMatchObject({ exitCode: 0, stderr: "" });
  expect(forPeople.stdout).toMatch(/^Checking http:\/\/127\.0\.0\.1:\d+\n {2}ok {4}resolve /);
  expect(forPeople.stdout).toMatch(/\n {2}ok {4}cleanup +\d+ ms {2}the probes are deleted\n/);
  const forPrograms = await prefreeze(["check", "--json"], { PUSHGATEWAY_URL: gateway.url });
  expect(forPrograms).toMatchObject({ exitCode: 0, stderr: "" });
  expect(JSON.parse(forPrograms.stdout)).toMatchObject({
    ok: true,
    checks: [{ url: gateway.url, ok: true, steps: expect.any(Array) as unknown[] }],
  });
});

test("each address of PUSHGATEWAY_URL is checked, and one that fails makes the exit code 3", async () => {
  const gateway = await startRealGateway();
  onTestFinished(() => gateway.stop());
  const { exitCode, stdout } = await prefreeze(["check", "--json"], {
    PUSHGATEWAY_URL: `${gateway.url},http://127.0.0.1:1`,
  });
  expect(exitCode).toBe(3);
  const { ok, checks } = JSON.parse(stdout) as {
    readonly ok: boolean;
    readonly checks: readonly { readonly ok: boolean; readonly failed?: string }[];
  };
  expect(ok).toBe(false);
  expect(checks.map((each) => [each.ok, each.failed])).toEqual([
    [true, undefined],
    [false, "connect"],
  ]);
});
