import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { gate } from "../../../../test/gate.js";
import { forwardingGateway } from "../../../../test/pushgateway/forwarding.js";
import { parseText, sample } from "../../../../test/pushgateway/parse.js";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import { type NextServer, startNextServer } from "../../../../test/vercel/next-server.js";
import { type Build, buildApp, type BuiltApp, laneOf } from "./built-app.js";
import { actions, answersOfActions, answerTo, callsWith } from "./calls.js";

const gateway = useGateway();
const BUILD_MS = 400_000;
const vercelContext = fileURLToPath(new URL("vercel-context.mjs", import.meta.url));

/**
 * The bundlers that `next build` uses unless it is told otherwise. With webpack, Next.js 16.4.6 fails to build an app
 * with a route on the edge runtime, bare as well.
 */
const builds: readonly Build[] = [
  { version: "16", bundler: "turbopack", wrapped: true },
  { version: "15", bundler: "webpack", wrapped: true },
];

/** Next.js's table of routes: which are static, and how long they stay so. Without sizes, which only 15 prints. */
function routesIn({ printed }: BuiltApp): string[] {
  return [...printed.matchAll(/^[┌├└│ ]+([○●ƒ ]) +(\/\S*|Proxy|Middleware)(.*)$/gm)].map(
    ([, kind, path, rest]) =>
      `${kind} ${path} ${rest!.match(/\d+(\.\d+)?[smhdy]\b/g)?.join(" ") ?? ""}`.trim(),
  );
}

async function start(
  { folder }: BuiltApp,
  { version }: Build,
  env: Readonly<Record<string, string>> = {},
  preload: readonly string[] = [],
): Promise<NextServer> {
  const started = await startNextServer({
    folder,
    installed: laneOf(version),
    env: {
      PUSHGATEWAY_URL: gateway.url,
      PREFREEZE_JOB: "shop",
      // For what the package's main entry wraps.
      PREFREEZE_ACTIVE: "1",
      ...env,
    },
    preload,
  });
  onTestFinished(async () => void (await started.stop()));
  return started;
}

describe.each(builds.map((build) => [`${build.version} with ${build.bundler}`, build] as const))(
  "Next.js %s",
  { timeout: 120_000 },
  (_, build) => {
    let app: BuiltApp;
    beforeAll(async () => void (app = await buildApp(build)), BUILD_MS);

    test("builds without a push and without a word about this package", () => {
      expect(app.pushes).toBe(0);
      expect(app.printed).not.toMatch(/prefreeze|Node\.js API/);
    });

    test(
      "has the routes and the answers that it has bare",
      async () => {
        const bareApp = await buildApp({ ...build, wrapped: false });
        const routes = routesIn(app);
        expect(routes.length).toBeGreaterThan(20);
        expect(routes).toEqual(routesIn(bareApp));
        const [wrapped, bare] = [await start(app, build), await start(bareApp, build)];
        for (const call of callsWith(randomUUID()))
          expect(await answerTo(wrapped, call)).toBe(await answerTo(bare, call));
        expect(await answersOfActions(wrapped)).toEqual(await answersOfActions(bare));
      },
      BUILD_MS,
    );

    test("counts each call once, with its outcome and what its code records", async () => {
      const started = await start(app, build);
      const calls = callsWith(randomUUID());
      for (const call of calls) {
        const answer = await answerTo(started, call);
        expect(answer).toContain(`: ${call.status}`);
      }
      const answers = await answersOfActions(started);
      expect(answers.map((answer) => Number.parseInt(answer))).toEqual(
        actions.map(({ status }) => status),
      );
      const all = [...calls, ...actions];
      const expected = {
        succeeded: all.reduce((sum, { succeeded = 1 }) => sum + succeeded, 0),
        failed: tally(all.flatMap(({ failed = [] }) => failed)),
        hits: tally(all.flatMap(({ hits = [] }) => hits)),
      };
      const withoutOwn = async () => {
        const { failed, ...rest } = await counted();
        // Bare as well, Next.js 16 fails when it answers for a proxy that threw, and reports that by an error of its own.
        const { Error: _own, ...ours } = failed;
        return { failed: ours, ...rest };
      };
      await expect.poll(withoutOwn, { timeout: 20_000 }).toEqual(expected);
      // Of the errors that no wrapper saw, nobody knows the duration.
      const failures = Object.values(expected.failed).reduce((sum, count) => sum + count, 0);
      expect(await gateway.shown("faas_invoke_duration_seconds_count")).toBe(
        expected.succeeded + failures - 1,
      );
      expect(started.logs()).not.toContain("prefreeze: ");
    });

    test("counts static pages and routes when they are rendered again, and only then", async () => {
      const started = await start(app, build);
      const read = async (path: string) => await (await started.fetch(path)).text();
      const before = [await read("/revalidated"), await read("/page-revalidated")];
      // The first request that finds them old is answered with the old ones.
      await expect.poll(() => read("/revalidated")).not.toBe(before[0]);
      await expect.poll(() => read("/page-revalidated")).not.toBe(before[1]);
      await read("/page-static");
      await gateway.eventually("hits_total", { route: "revalidated" }).toBeGreaterThan(0);
      await gateway.eventually("hits_total", { route: "page-revalidated" }).toBeGreaterThan(0);
      await started.stop();
      const { succeeded, failed, hits } = await counted();
      expect(failed).toEqual({});
      expect(Object.keys(hits).sort()).toEqual(["page-revalidated", "revalidated"]);
      expect(succeeded).toBe(hits["revalidated"]! + hits["page-revalidated"]!);
    });

    test("counts a stream and a page to their ends", async () => {
      const started = await start(app, build);
      await (await started.fetch("/stream")).text();
      await (await started.fetch("/page-dynamic")).text();
      await gateway.eventually("faas_invocations_total").toBe(2);
      // Both send their last part after 300 ms. A timer may be early by a millisecond.
      expect(await gateway.shown("faas_invoke_duration_seconds_sum")).toBeGreaterThan(0.598);
    });

    test("pushes what still runs at SIGTERM, once it has ended", async () => {
      const started = await start(app, build);
      // Its first part has arrived.
      const response = await started.fetch("/stream");
      const stopped = started.stop();
      expect(await response.text()).toBe("first last");
      await stopped;
      expect(await counted()).toEqual({ succeeded: 1, failed: {}, hits: { stream: 1 } });
    });
  },
);

describe("an app on this machine", { timeout: 120_000 }, () => {
  const build = builds[0]!;
  let app: BuiltApp;
  beforeAll(async () => void (app = await buildApp(build)), BUILD_MS);

  test("waits for no push of a gateway that hangs", async () => {
    const { opened, open } = gate();
    const gated = await forwardingGateway(gateway.url, () => opened);
    const started = await start(app, build, { PUSHGATEWAY_URL: gated.url });
    await (await started.fetch("/dynamic")).text();
    await expect.poll(gated.pushes).toBe(1);
    for (const path of ["/dynamic", "/bare", "/throws/error", "/page-dynamic"])
      await (await started.fetch(path)).text();
    open();
    await gateway.eventually("faas_invocations_total").toBe(3);
    await gateway.eventually("faas_errors_total").toBe(2);
  });

  test("does nothing without PREFREEZE_JOB, and says so once", async () => {
    const started = await start(app, build, {
      PREFREEZE_JOB: "",
      PREFREEZE_ACTIVE: "",
    });
    await (await started.fetch("/dynamic")).text();
    await (await started.fetch("/page-dynamic")).text();
    await started.stop();
    expect(await gateway.instances()).toEqual([]);
    expect(started.logs().match(/prefreeze:.*/g)).toEqual([
      "prefreeze: nothing is pushed to PUSHGATEWAY_URL: this is not Vercel, and PREFREEZE_JOB is not set; set PREFREEZE_ACTIVE=1 to push all the same",
    ]);
  });
});

describe("an app on Vercel", { timeout: 120_000 }, () => {
  const build = builds[0]!;
  let app: BuiltApp;
  beforeAll(async () => void (app = await buildApp(build)), BUILD_MS);

  test("pushes each call in waitUntil, and its caller waits for nothing", async () => {
    const { opened, open } = gate();
    const gated = await forwardingGateway(gateway.url, () => opened);
    const env = { PUSHGATEWAY_URL: gated.url, PREFREEZE_FLUSH_TIMEOUT_MS: "20000", VERCEL: "1" };
    const started = await start(app, build, env, [vercelContext]);
    for (const path of ["/dynamic", "/throws/error", "/bare", "/page-dynamic", "/api/node"])
      await (await started.fetch(path)).text();
    await answersOfActions(started);
    await expect.poll(gated.pushes).toBe(1);
    const held = () =>
      Number(
        started
          .logs()
          .match(/waitUntil holds \d+/g)
          ?.at(-1)
          ?.slice(16),
      );
    expect(held()).toBeGreaterThan(0);
    open();
    await gateway.eventually("faas_invocations_total", { job: "shop" }).toBe(7);
    await gateway.eventually("faas_errors_total").toBe(3);
    await expect.poll(held).toBe(0);
    expect(await gateway.shown("target_info", { cloud_platform: "vercel" })).toBe(1);
  });
});

/** The gateway's totals: outcomes and recordings. */
async function counted() {
  const families = parseText(await gateway.metrics());
  const byLabel = (name: string, label: string) => {
    const sums: Record<string, number> = {};
    for (const { labels, value } of families
      .flatMap(({ samples }) => samples)
      .filter((each) => each.name === name && each.value > 0))
      sums[labels[label]!] = (sums[labels[label]!] ?? 0) + value;
    return sums;
  };
  return {
    succeeded: sample(families, "faas_invocations_total", {}) ?? 0,
    failed: byLabel("faas_errors_total", "error_type"),
    hits: byLabel("hits_total", "route"),
  };
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
