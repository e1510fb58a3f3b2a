import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startVercelFunction } from "../../../test/vercel/function.js";

const lane = fileURLToPath(new URL("./thrown-answers", import.meta.url));
const gateway = useGateway();
const { shown, eventually } = gateway;

beforeAll(() => installLane(lane), 120_000);

async function run(entry: string) {
  const started = await startVercelFunction({
    entrypoint: `${lane}/${entry}`,
    launcher: true,
    env: { PUSHGATEWAY_URL: gateway.url },
  });
  onTestFinished(async () => void (await started.stop({ limitMs: 0 })));
  return started;
}

describe("what a handler throws inside a framework", { timeout: 60_000 }, () => {
  test.each([
    ["Hono", "/hono", 403],
    ["h3", "/h3", 404],
    ["React Router, as a redirect", "/loader", 302],
    ["React Router, as a Response", "/loader-none", 404],
    ["React Router, as data()", "/loader-data", 404],
    ["SvelteKit, as an error", "/svelte", 410],
    ["SvelteKit, as a redirect", "/svelte-login", 303],
    ["Next.js, as redirect()", "/next", 307],
    ["Next.js, as notFound()", "/next-none", 404],
  ])("of %s is an answer if its status is below 500", async (_, path, status) => {
    const { fetch } = await run("web.mjs");
    expect((await fetch(path)).status).toBe(status);
    await eventually("faas_invocations_total").toBe(1);
    expect(await shown("faas_errors_total")).toBe(0);
    expect(await shown("calls_total", { thrown: path.slice(1) })).toBe(1);
  });

  test.each([
    ["has a status of 500 or more", "/h3-down", 503, "H3Error"],
    ["is the error of an HTTP client, whatever its status", "/client", 500, "AxiosError"],
  ])("is a failure if it %s", async (_, path, status, type) => {
    const { fetch } = await run("web.mjs");
    expect((await fetch(path)).status).toBe(status);
    await eventually("faas_errors_total", { error_type: type }).toBe(1);
    expect(await shown("faas_invocations_total")).toBe(0);
  });

  test("of Express is an answer or a failure by its status, too", async () => {
    const { fetch } = await run("express.mjs");
    expect((await fetch("/http-errors")).status).toBe(401);
    await eventually("faas_invocations_total").toBe(1);
    expect((await fetch("/down")).status).toBe(503);
    await eventually("faas_errors_total", { error_type: "ServiceUnavailableError" }).toBe(1);
    expect(await shown("faas_invocations_total")).toBe(1);
  });
});
