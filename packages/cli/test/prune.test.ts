import { createServer, request } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { groupPath } from "../src/groups/group-path.js";
import { pruneGroups } from "../src/prune/prune.js";
import { REFUSING_ADDRESS } from "../../../test/loopback/refusing-address.js";
import { startPrometheus } from "../../../test/end-to-end/prometheus.js";
import { foundGateways } from "../../../test/pushgateway/gateways.mjs";
import { startRealGateway } from "../../../test/pushgateway/real.js";
import { prefreeze } from "./command.js";
import { agedGateway } from "./groups/aged-gateway.js";
import { startFailingProxy } from "./groups/failing-proxy.js";
import { put, snapshot } from "./groups/push.js";

const gateways = await foundGateways();
const newest = gateways.at(-1)!;
const UNASKED = { prometheus: false } as const;

/** The jobs that a gateway still has, once for each group. */
async function jobsAt(url: string): Promise<string[]> {
  const { data } = (await (await fetch(`${url}/api/v1/metrics`)).json()) as {
    readonly data: readonly { readonly labels: { readonly job: string } }[];
  };
  return data.map(({ labels }) => labels.job).sort();
}

describe.each(gateways)("Pushgateway $version", ({ path: program }) => {
  test("groups of ours that are silent for long are deleted; others', younger and future ones stay", async () => {
    const gateway = await agedGateway(
      program,
      async (url) => {
        await put(url, "job/ended/instance/a", snapshot(4));
        await put(url, "job/ended/instance/b/zone@base64/=", snapshot(4));
        await put(url, "job/recent/instance/a", snapshot(4));
        await put(url, "job/future/instance/a", snapshot(4));
        await put(url, "job/backup", "backup_last_success_timestamp_seconds 1\n");
        // The totals of an aggregator.
        await put(url, "job/totals", "# TYPE prefreeze_instances gauge\nprefreeze_instances 0\n");
      },
      { recent: 29 * 60, future: -600 },
    );
    const words = ["prune", "--no-prometheus", "--pushgateway", gateway.url];

    const dry = await prefreeze(words);
    // A push in the future is something wrong.
    expect(dry).toMatchObject({ exitCode: 3, stderr: "" });
    expect(dry.stdout).toContain(
      `2 of 6 groups at ${gateway.url} would be deleted; 4 are of functions; --delete deletes them`,
    );
    expect(await jobsAt(gateway.url)).toHaveLength(6);

    expect(await pruneGroups({ url: gateway.url, headers: {} }, UNASKED)).toMatchObject({
      deleted: [{}, {}],
      kept: { recent: 1, future: 1 },
    });
    const { stdout } = await prefreeze([...words, "--delete", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        dryRun: false,
        groups: 6,
        ours: 4,
        deleted: [{ labels: { job: "ended" } }, { labels: { job: "ended" } }],
        kept: { recent: 1, future: 1, unscraped: 0, renewed: 0, overLimit: 0, left: 0 },
      },
    ]);
    expect(await jobsAt(gateway.url)).toEqual(["backup", "future", "recent", "totals"]);
  });

  test("a refused push is news; what holds nothing else is deleted on request alone", async () => {
    const gateway = await agedGateway(program, async (url) => {
      await put(url, "job/orders/instance/a", `# TYPE q gauge\nq 1\n${snapshot(4)}`);
      await put(url, "job/ghost/instance/a", "# TYPE q counter\nq 1\n");
    });
    // Its pushes are refused, but it goes on.
    await put(
      gateway.url,
      "job/orders/instance/a",
      "# TYPE go_goroutines counter\ngo_goroutines 1\n",
    );
    const pushgateway = { url: gateway.url, headers: {} };
    const without = await pruneGroups(pushgateway, { ...UNASKED, dryRun: false });
    expect(without).toMatchObject({ deleted: [], kept: { recent: 1 } });
    const report = await pruneGroups(pushgateway, { ...UNASKED, dryRun: false, ghosts: true });
    expect(report.deleted).toMatchObject([{ labels: { job: "ghost", instance: "a" } }]);
    expect(await jobsAt(gateway.url)).toEqual(["orders"]);
  });

  test("labels of any bytes are deleted exactly", async () => {
    const value = fc
      .string({ unit: "binary", maxLength: 12 })
      .filter((text) => Buffer.from(text).toString() === text);
    const name = fc
      .stringMatching(/^[a-z][a-z0-9_]{0,6}$/)
      .filter((name) => !["job", "instance", "le", "quantile"].includes(name));
    const groups = fc.uniqueArray(
      fc.record({
        job: value.filter((text) => text !== ""),
        instance: value.filter((text) => text !== ""),
        more: fc.dictionary(name, value, { maxKeys: 2, noNullPrototype: true }),
      }),
      {
        minLength: 5,
        maxLength: 40,
        selector: ({ job, instance }) => JSON.stringify([job, instance]),
      },
    );
    const [sample = []] = fc.sample(groups, { numRuns: 1, ...(seed && { seed }) });
    const odd = [
      "a/b",
      "..",
      ".",
      "%2F",
      "+",
      "=",
      "a b",
      "ü😀",
      "\u2028",
      '"\\\n',
      "constructor",
      "__proto__",
    ];
    const all = [
      ...sample,
      ...odd.map((job) => ({ job, instance: job, more: { zone: "" } as Record<string, string> })),
    ];
    const gateway = await agedGateway(program, async (url) => {
      for (const { job, instance, more } of all) {
        const path = groupPath({ job, instance, ...more }).replace("/metrics/", "");
        expect(await put(url, path, snapshot(1))).toBe(200);
      }
      await put(url, "job/others", "q 1\n");
    });
    const report = await pruneGroups(
      { url: gateway.url, headers: {} },
      { ...UNASKED, dryRun: false },
    );
    expect(report.kept.left).toBe(0);
    const key = (labels: Readonly<Record<string, string>>): string =>
      JSON.stringify(Object.entries(labels).sort());
    expect(report.deleted.map(({ labels }) => key(labels)).sort()).toEqual(
      all.map(({ job, instance, more }) => key({ ...more, job, instance })).sort(),
    );
    expect(await jobsAt(gateway.url)).toEqual(["others"]);
  });
});

/** Set to repeat a failure. */
const seed: number | undefined = undefined;

test("a real Prometheus has to have read a group twice as it is, and to read it now", async () => {
  const gateway = await agedGateway(newest.path, async (url) => {
    await put(url, "job/ended/instance/a%22b", snapshot(4));
    await put(
      url,
      `job@base64/${Buffer.from('ü/"').toString("base64url")}/instance/x/zone@base64/=`,
      snapshot(4),
    );
  });
  const prometheus = await startPrometheus(gateway.url);
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (!isStopped) await prometheus.stop();
    isStopped = true;
  };
  onTestFinished(stop);
  const prune = (dryRun: boolean) =>
    pruneGroups(
      { url: gateway.url, headers: {} },
      { prometheus: { url: prometheus.url, headers: {} }, scrapeIntervalMs: 1_000, dryRun },
    );
  await vi.waitFor(async () => expect((await prune(true)).deleted).toHaveLength(2), 10_000);

  // Another group was pushed a moment ago and is not old; a gateway that Prometheus does not scrape shows what that means.
  const unscraped = await agedGateway(newest.path, async (url) => {
    await put(url, "job/ended/instance/other", snapshot(4));
  });
  const elsewhere = await prefreeze(
    ["prune", "--delete", "--scrape-interval", "1s", "--pushgateway", unscraped.url],
    { PROMETHEUS_URL: prometheus.url },
  );
  expect(elsewhere.exitCode).toBe(3);
  expect(elsewhere.stdout).toContain(
    "1 stay: they were not scraped twice since, or are not scraped now: see whether Prometheus scrapes this gateway",
  );
  expect(await jobsAt(unscraped.url)).toEqual(["ended"]);

  expect(await prune(false)).toMatchObject({
    deleted: [{}, {}],
    kept: { unscraped: 0, left: 0 },
  });
  expect(await jobsAt(gateway.url)).toEqual([]);

  await stop();
  await expect(prune(false)).rejects.toThrow(
    `the Prometheus at ${prometheus.url} does not answer (ECONNREFUSED): start it, or give its address`,
  );
});

test("while the scrape is down, nothing is deleted, though Prometheus had read everything before", async () => {
  const gateway = await agedGateway(newest.path, async (url) => {
    await put(url, "job/ended/instance/a", snapshot(4));
  });
  // Prometheus scrapes through this, until it is told to fail.
  const proxy = await startFailingProxy(gateway.url, false);
  const prometheus = await startPrometheus(proxy.url);
  onTestFinished(async () => {
    await prometheus.stop();
    proxy.stop();
  });
  const prune = () =>
    pruneGroups(
      { url: gateway.url, headers: {} },
      { prometheus: { url: prometheus.url, headers: {} }, scrapeIntervalMs: 1_000 },
    );
  await vi.waitFor(async () => expect((await prune()).deleted).toHaveLength(1), 10_000);
  proxy.fails = true;
  await vi.waitFor(
    async () => expect(await prune()).toMatchObject({ deleted: [], kept: { unscraped: 1 } }),
    // Sooner than the samples of before the fault are out of the window of ten scrapes.
    5_000,
  );
});

test.each([
  ["the newest push of the group", { job: "ended", instance: "a", zone: "eu" }, 0, 1],
  ["labels of its target, too", { job: "ended", instance: "a", zone: "eu", gateway: "x" }, 0, 1],
  [
    "its labels under other names, without honor_labels",
    {
      job: "gateway",
      instance: "g:9091",
      exported_job: "ended",
      exported_instance: "a",
      zone: "eu",
    },
    0,
    1,
  ],
  ["an older push of the group alone", { job: "ended", instance: "a", zone: "eu" }, 1, 0],
  ["a group with another label", { job: "ended", instance: "a", zone: "us" }, 0, 0],
  ["a group without the label", { job: "ended", instance: "a" }, 0, 0],
])(
  "a group counts as read if Prometheus has it as it is: it has %s",
  async (_, metric, olderSeconds, deleted) => {
    const gateway = await agedGateway(newest.path, async (url) => {
      await put(url, "job/ended/instance/a/zone/eu", snapshot(4));
    });
    const [, pushedAt = ""] = /^push_time_seconds\{.*\} (.*)$/m.exec(await gateway.metrics()) ?? [];
    // A real Prometheus that has read an older push would take half an hour.
    const server = createServer((_, answer) => {
      const value = [1, String(Number(pushedAt) - olderSeconds)];
      const data = { resultType: "vector", result: [{ metric, value }] };
      answer.end(JSON.stringify({ status: "success", data }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const prometheus = {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      headers: {},
    };
    const report = await pruneGroups({ url: gateway.url, headers: {} }, { prometheus });
    expect(report.deleted).toHaveLength(deleted);
    expect(report.kept.unscraped).toBe(1 - deleted);
  },
);

test("without a Prometheus, a gateway that answers no scrape is left alone", async () => {
  const gateway = await startRealGateway({
    program: newest.path,
    flags: ["--push.disable-consistency-check"],
  });
  onTestFinished(() => gateway.stop());
  await put(gateway.url, "job/a/instance/a", "# TYPE q gauge\nq 1\n");
  await put(gateway.url, "job/b/instance/b", "# TYPE q counter\nq 1\n");
  await expect(pruneGroups({ url: gateway.url, headers: {} }, UNASKED)).rejects.toThrow(
    "answers 500 to every scrape, so nothing is deleted: prefreeze guard finds out why",
  );
});

test("less than 30 minutes is refused", async () => {
  await expect(
    pruneGroups({ url: "http://127.0.0.1:1", headers: {} }, { ...UNASKED, olderThanMs: 1_799_999 }),
  ).rejects.toThrow("olderThanMs is less than 30 minutes");
  await expect(
    pruneGroups({ url: "http://127.0.0.1:1", headers: {} }, { ...UNASKED, olderThanMs: NaN }),
  ).rejects.toThrow(RangeError);
  expect(await prefreeze(["prune", "--older-than", "29m"])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("from 30m to 720h") as string,
  });
});

/** A gateway between the program and a real one, which sees each DELETE before it arrives. */
async function watched(
  to: string,
  onDelete: (path: string, count: number) => Promise<number | undefined>,
): Promise<string> {
  let count = 0;
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const status =
        incoming.method === "DELETE" ? await onDelete(incoming.url!, ++count) : undefined;
      if (status !== undefined) {
        outgoing.writeHead(status).end();
        return;
      }
      request(to + incoming.url!, { method: incoming.method! }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      }).end();
    })();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a group that has news after it was listed stays, if the list is older than five seconds", async () => {
  const gateway = await agedGateway(newest.path, async (url) => {
    for (let index = 0; index < 4; index++)
      await put(url, `job/ended/instance/${index}`, snapshot(4));
  });
  let renewed = "";
  const url = await watched(gateway.url, async (path, count) => {
    // The first deletions take long, as with a gateway that is overloaded. Meanwhile a life in doubt pushes again.
    if (count > 2) return undefined;
    if (count === 2) {
      renewed = ["0", "1", "2", "3"].find((name) => !deletedOf(path, first).includes(name))!;
      await put(gateway.url, `job/ended/instance/${renewed}`, snapshot(5));
    } else first = path;
    await new Promise((resolve) => setTimeout(resolve, 5_500));
    return undefined;
  });
  let first = "";
  const report = await pruneGroups({ url, headers: {} }, { ...UNASKED, dryRun: false });
  expect(report).toMatchObject({ kept: { renewed: 1, left: 0 } });
  expect(report.deleted).toHaveLength(3);
  expect(await gateway.metrics()).toContain(
    `prefreeze_snapshot_sequence{instance="${renewed}",job="ended"} 5`,
  );
});

function deletedOf(...paths: readonly string[]): string[] {
  return paths.map((path) => path.slice(-1));
}

test("an overloaded gateway gets time, and the report tells how far it got", async () => {
  const gateway = await agedGateway(newest.path, async (url) => {
    for (let index = 0; index < 4; index++)
      await put(url, `job/ended/instance/${index}`, snapshot(4));
  });
  // Two are refused once.
  const busy = await watched(gateway.url, async (_, count) => (count <= 2 ? 503 : undefined));
  const report = await pruneGroups(
    { url: busy, headers: {} },
    { ...UNASKED, dryRun: false, mostDeletions: 2 },
  );
  expect(report).toMatchObject({ deleted: [{}, {}], kept: { overLimit: 2, left: 0 } });
  const refusing = await watched(gateway.url, async (_, count) => (count > 1 ? 401 : undefined));
  const ended = await prefreeze([
    "prune",
    "--no-prometheus",
    "--delete",
    "--pushgateway",
    refusing,
  ]);
  expect(ended.exitCode).toBe(1);
  expect(ended.stderr).toContain("asks for other credentials (401): set PUSHGATEWAY_USERNAME");
  // Of two deletions at once, one was accepted.
  expect(ended.stdout).toContain("1 of 2 groups");
});

test("a dead gateway among several does not keep the others from being pruned", async () => {
  const gateway = await agedGateway(newest.path, async (url) => {
    await put(url, "job/ended/instance/a", snapshot(4));
  });
  const { exitCode, stdout, stderr } = await prefreeze(
    ["prune", "--no-prometheus", "--delete", "--json"],
    { PUSHGATEWAY_URL: `${REFUSING_ADDRESS},${gateway.url}` },
  );
  expect(JSON.parse(stdout)).toMatchObject([{ pushgateway: gateway.url, deleted: [{}] }]);
  expect(stderr).toMatch(/^prefreeze: the Pushgateway at \S+ does not answer \(ECONNREFUSED\)/);
  expect(exitCode).toBe(1);
});

test("the totals of an aggregator stay, even with a metric of a life among them", async () => {
  const gateway = await agedGateway(newest.path, async (url) => {
    await put(
      url,
      "job/totals",
      `${snapshot(4)}# TYPE prefreeze_instances gauge\nprefreeze_instances 0\n`,
    );
  });
  expect(await pruneGroups({ url: gateway.url, headers: {} }, UNASKED)).toMatchObject({
    groups: 1,
    ours: 0,
    deleted: [],
  });
});
