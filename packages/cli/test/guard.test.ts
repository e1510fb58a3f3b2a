import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { findFaults } from "../src/guard/guard.js";
import { removeFaults, stillRemovable } from "../src/guard/remove.js";
import { foundGateways } from "../../../test/pushgateway/gateways.mjs";
import { PROTOBUF_TYPE } from "../../../test/pushgateway/metric-families.js";
import { type RealGateway, startRealGateway } from "../../../test/pushgateway/real.js";
import { prefreeze } from "./command.js";
import { put, snapshot } from "./groups/push.js";

const gateways = await foundGateways();
const base64 = (value: string | Uint8Array): string => Buffer.from(value).toString("base64url");
const info = (name: string): string =>
  `# TYPE target_info gauge\ntarget_info{faas_name="${name}"} 1\n`;

/** A gauge of the value 1, as protobuf. */
function gaugeAsProtobuf(name: string): Uint8Array {
  const metric = [0x12, 9, 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
  const family = [0x0a, name.length, ...Buffer.from(name), 0x18, 1, 0x22, metric.length, ...metric];
  return Uint8Array.from([family.length, ...family]);
}

/** A push: the path of its group, its body, and its content type. */
type Push = readonly [string, string | Uint8Array, string?];

/** What breaks a gateway without its check, or with it, too. */
const poisons: readonly {
  readonly what: string;
  readonly kind: string;
  readonly metric?: string;
  readonly pushes: readonly Push[];
  /** The group at fault. */
  readonly fault: Readonly<Record<string, string>>;
  readonly evenWithCheck?: true;
  /** By default, it breaks scrapes. */
  readonly severity?: "loses-series";
}[] = [
  {
    what: "a metric that is a gauge in one function and a counter in another",
    kind: "type-conflict",
    metric: "queue",
    pushes: [
      [
        "job/orders/instance/a",
        `# HELP queue Waiting.\n# TYPE queue gauge\nqueue 1\n${snapshot(9)}`,
      ],
      ["job/billing/instance/b", `# TYPE queue counter\nqueue 2\n${snapshot(2)}`],
    ],
    fault: { job: "billing", instance: "b" },
  },
  {
    what: "a metric with a type beside one without",
    kind: "type-conflict",
    metric: "queue",
    pushes: [
      ["job/orders/instance/a", `# TYPE queue gauge\nqueue 1\n${snapshot(9)}`],
      ["job/script", "queue 2\n"],
    ],
    fault: { job: "script" },
  },
  {
    what: "a histogram h beside a metric h_count",
    kind: "name-collision",
    metric: "h_count",
    pushes: [
      [
        "job/orders/instance/a",
        `# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n${snapshot(9)}`,
      ],
      ["job/script", "# TYPE h_count gauge\nh_count 2\n"],
    ],
    fault: { job: "script" },
  },
  {
    what: "the same series in two groups",
    kind: "duplicate-series",
    metric: "queue",
    pushes: [
      ["job/orders/instance/a", "queue 1\n"],
      ["job/orders", 'queue{instance="a"} 2\n'],
    ],
    fault: { job: "orders" },
  },
  {
    what: "the same series twice in one push",
    kind: "duplicate-series",
    metric: "queue",
    pushes: [["job/script/instance/c", 'queue{x="1"} 2\nqueue{x="1"} 3\n']],
    fault: { job: "script", instance: "c" },
  },
  {
    what: "a metric that the gateway has itself with another type",
    kind: "type-conflict",
    metric: "go_goroutines",
    pushes: [["job/script/instance/c", "# TYPE go_goroutines counter\ngo_goroutines 1\n"]],
    fault: { job: "script", instance: "c" },
  },
  {
    what: "a metric that is called as a part of one that the gateway has itself",
    kind: "name-collision",
    metric: "go_gc_duration_seconds_count",
    pushes: [
      [
        "job/script/instance/c",
        "# TYPE go_gc_duration_seconds_count gauge\ngo_gc_duration_seconds_count 1\n",
      ],
    ],
    fault: { job: "script", instance: "c" },
  },
  {
    what: "a grouping label quantile with a summary",
    kind: "reserved-label",
    pushes: [
      ["job/script/quantile/5", '# TYPE s summary\ns{quantile="0.5"} 1\ns_sum 1\ns_count 1\n'],
    ],
    fault: { job: "script", quantile: "5" },
  },
  {
    what: "a grouping label le with a histogram",
    kind: "reserved-label",
    pushes: [
      ["job/script/le/5", '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n'],
    ],
    fault: { job: "script", le: "5" },
    evenWithCheck: true,
  },
  {
    what: "an empty grouping value beside the same group without the label",
    kind: "empty-label-value",
    pushes: [
      ["job/script/instance/a", "queue 1\n"],
      ["job/script/instance/a/zone@base64/=", "queue 2\n"],
    ],
    fault: { job: "script", instance: "a", zone: "" },
    evenWithCheck: true,
    severity: "loses-series",
  },
  {
    what: "an empty instance beside the same group without one",
    kind: "empty-label-value",
    pushes: [
      ["job/script", "queue 1\n"],
      ["job/script/instance@base64/=", "queue 2\n"],
    ],
    fault: { job: "script", instance: "" },
    evenWithCheck: true,
  },
  {
    what: "a grouping value that is not UTF-8, in a group without an instance",
    kind: "label-not-utf8",
    pushes: [
      [
        `job/script/zone@base64/${base64(Uint8Array.from([0x61, 0xff, 0xfe, 0x22, 0x0a]))}`,
        "queue 1\n",
      ],
    ],
    fault: { job: "script", zone: 'a\uFFFD\uFFFD"\n' },
    evenWithCheck: true,
  },
  {
    what: "an instance that is not UTF-8",
    kind: "label-not-utf8",
    pushes: [[`job/script/instance@base64/${base64(Uint8Array.from([0xe2, 0x82]))}`, "queue 1\n"]],
    fault: { job: "script", instance: "\uFFFD\uFFFD" },
    evenWithCheck: true,
  },
  {
    what: "a metric without a name, by protobuf",
    kind: "empty-metric-name",
    pushes: [["job/script/instance/c", gaugeAsProtobuf(""), PROTOBUF_TYPE]],
    fault: { job: "script", instance: "c" },
    evenWithCheck: true,
  },
];

describe.each(gateways)("Pushgateway $version", ({ version, path: program }) => {
  describe.each([
    ["without its check", ["--push.disable-consistency-check"]],
    ["with its check", []],
  ] as const)("%s", (_, flags) => {
    let gateway: RealGateway;
    beforeAll(async () => {
      gateway = await startRealGateway({ program, flags });
    });
    afterAll(() => gateway?.stop());
    beforeEach(() => gateway.wipe());

    const without = flags.length > 0;
    /** Without its check, a gateway accepts pushes before it has taken them over, one after another. */
    const holds = (groups: number) =>
      vi.waitFor(async () =>
        expect((await findFaults({ url: gateway.url, headers: {} })).groups).toBe(groups),
      );
    const breaking = poisons.filter(({ evenWithCheck }) => without || evenWithCheck);

    test.each(breaking)("guard names $what, and deletes that group alone", async (poison) => {
      const bystander = ["job/bystander/instance/x", snapshot(5)] as const;
      for (const [path, body, type] of [bystander, ...poison.pushes])
        await put(gateway.url, path, body, type);
      const held = new Set([bystander, ...poison.pushes].map(([path]) => path)).size;
      await holds(held);

      const pushgateway = { url: gateway.url, headers: {} };
      const found = await findFaults(pushgateway);
      const breaking = found.findings.filter(({ removable }) => removable.length > 0);
      expect(breaking).toEqual([
        expect.objectContaining({
          kind: poison.kind,
          severity: poison.severity ?? "breaks-scrapes",
          ...(poison.metric && { metric: poison.metric }),
        }),
      ]);
      const [{ removable, what, mend }] = breaking as [(typeof breaking)[0]];
      expect(removable.map(({ labels }) => ({ ...labels }))).toEqual([poison.fault]);
      expect([what, mend].every((text) => text.length > 10)).toBe(true);

      const { scrapesWork } = await removeFaults(pushgateway, breaking);
      expect(scrapesWork).toBe(true);
      const text = await gateway.metrics();
      expect(text).toContain('prefreeze_snapshot_sequence{instance="x",job="bystander"} 5');
      // Only the group at fault is gone.
      // The gateway deletes in its own time, which no scrape tells if that was not broken.
      await vi.waitFor(async () => {
        const after = await findFaults(pushgateway);
        expect(after.groups).toBe(held - 1);
        expect(after.findings.filter(({ severity }) => severity !== "refused")).toEqual([]);
      });
    });

    test("nothing is wrong with functions that go together", async () => {
      await put(gateway.url, "job/orders/instance/a", snapshot(5));
      await put(gateway.url, "job/orders/instance/b", snapshot(6));
      await put(gateway.url, `job/orders/zone@base64/=/le/5`, "queue 2\n");
      const found = await findFaults({ url: gateway.url, headers: {} });
      expect(found).toMatchObject({ scrape: "whole", groups: 3, findings: [] });
    });

    test("an answer that only Prometheus refuses is no scrape that works", async () => {
      await put(
        gateway.url,
        "job/script/le/5",
        '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
      );
      const { stdout, exitCode } = await prefreeze(["guard", "--pushgateway", gateway.url]);
      expect(exitCode).toBe(3);
      expect(stdout).toContain(
        `${gateway.url} answers scrapes, but Prometheus refuses the answer; it holds 1 groups\n`,
      );
    });

    test("two help texts are a note, and break nothing", async () => {
      await put(gateway.url, "job/a/instance/1", "# HELP q Old words.\n# TYPE q gauge\nq 1\n");
      await put(gateway.url, "job/b/instance/2", "# HELP q New words.\n# TYPE q gauge\nq 1\n");
      const { stdout, exitCode } = await prefreeze(["guard", "--pushgateway", gateway.url]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain("scrapes of");
      expect(stdout).toContain('note: metric "q" has 2 help texts');
      expect(stdout).toContain("(Old words.)");
      expect(stdout).toContain("(New words.)");
    });

    test.each(without ? flags : [])(
      "the words of the command name function, definition and newcomer, and --remove --yes mends it",
      async () => {
        await put(
          gateway.url,
          "job/orders/instance/a",
          `# HELP queue Waiting.\n# TYPE queue gauge\nqueue 1\n${info("orders-prod")}`,
        );
        await put(
          gateway.url,
          "job/orders/instance/b",
          "# HELP queue Waiting.\n# TYPE queue gauge\nqueue 1\n",
        );
        await put(
          gateway.url,
          "job/billing/instance/c",
          `# HELP queue All of them.\n# TYPE queue counter\nqueue 2\n${info("billing-prod")}`,
        );
        const seen = await prefreeze(["guard", "--pushgateway", gateway.url]);
        expect(seen.exitCode).toBe(3);
        expect(seen.stdout).toContain(`scrapes of ${gateway.url} fail; it holds 3 groups`);
        expect(seen.stdout).toContain(
          'breaks scrapes: metric "queue" is a gauge in some groups and a counter in others',
        );
        expect(seen.stdout).toMatch(
          /newcomer: counter queue \(All of them\.\) in 1 group \{.*job="billing".*\} of function billing-prod, pushed \d+s ago/,
        );
        expect(seen.stdout).toContain("evidence: the other side has more groups");
        expect(seen.stdout).toContain("prefreeze guard --remove deletes that group");

        const unasked = await prefreeze(["guard", "--remove", "--pushgateway", gateway.url]);
        expect(unasked).toMatchObject({
          exitCode: 2,
          stderr: "prefreeze: nobody can be asked here: give --remove and --yes together\n",
        });
        const words = ["guard", "--remove", "--yes", "--json", "--pushgateway", gateway.url];
        const removed = await prefreeze(words);
        expect(removed.exitCode).toBe(3);
        expect(JSON.parse(removed.stdout)).toMatchObject([
          { removed: [{ job: "billing", instance: "c" }], scrapesWork: true },
        ]);
        expect(await gateway.metrics()).toContain('queue{instance="a",job="orders"} 1');
        expect(await prefreeze(["guard", "--pushgateway", gateway.url])).toMatchObject({
          exitCode: 0,
          stdout: `scrapes of ${gateway.url} work; it holds 2 groups\n`,
        });
      },
    );

    test.each(without ? flags : [])(
      "the totals of an aggregator are named, but not deleted",
      async () => {
        const totals = "# TYPE prefreeze_instances gauge\nprefreeze_instances 1\n";
        for (const instance of ["a", "b"])
          await put(
            gateway.url,
            `job/orders/instance/${instance}`,
            "# TYPE queue gauge\nqueue 1\n",
          );
        await put(gateway.url, "job/billing", `# TYPE queue counter\nqueue 2\n${totals}`);
        await holds(3);
        expect(await findFaults({ url: gateway.url, headers: {} })).toMatchObject({
          findings: [
            {
              kind: "type-conflict",
              sides: [{}, { role: "newcomer", groups: 1, examples: [{ isAggregated: true }] }],
              removable: [],
            },
          ],
        });
      },
    );

    test.each(without ? flags : [])("what is mended before it is deleted stays", async () => {
      await put(
        gateway.url,
        "job/orders/instance/a",
        `# TYPE queue gauge\nqueue 1\n${snapshot(9)}`,
      );
      await put(gateway.url, "job/billing/instance/b", "# TYPE queue counter\nqueue 2\n");
      await put(gateway.url, "job/billing/instance/c", "# TYPE queue counter\nqueue 2\n");
      await holds(3);
      const pushgateway = { url: gateway.url, headers: {} };
      const { findings } = await findFaults(pushgateway);
      expect(findings).toMatchObject([{ removable: [{}, {}] }]);
      await put(gateway.url, "job/billing/instance/b", "# TYPE queue gauge\nqueue 2\n");
      await put(gateway.url, "job/billing/instance/d", "# TYPE queue counter\nqueue 2\n");
      await holds(4);
      expect(await stillRemovable(pushgateway, findings, { timeoutMs: 5_000 })).toMatchObject([
        { removable: [{ labels: { job: "billing", instance: "c" } }] },
      ]);
    });

    test.each(without ? [] : [version])(
      "it tells who was refused, and what the refused groups lack",
      async () => {
        await put(
          gateway.url,
          "job/orders/instance/old",
          `# TYPE queue gauge\nqueue 1\n${snapshot(9)}`,
        );
        // 1.11.0 closes the connection instead of answering.
        const answer = version === "1.11.0" ? 0 : 400;
        expect(await put(gateway.url, "job/orders/instance/new", `queue 2\n${snapshot(1)}`)).toBe(
          answer,
        );
        expect(await put(gateway.url, "job/orders/instance/new", snapshot(2))).toBe(200);
        expect(await put(gateway.url, "job/script", "# TYPE queue counter\nqueue 1\n")).toBe(
          answer,
        );

        const { findings } = await findFaults({ url: gateway.url, headers: {} });
        expect(findings).toMatchObject([
          {
            kind: "refused-push",
            severity: "refused",
            sides: [{ groups: 2 }],
            evidence: "other groups of the job have metrics that these lack: queue",
          },
        ]);
        const groups = findings[0]!.sides[0]!.examples;
        expect(groups.map(({ labels }) => labels["job"]).sort()).toEqual(["orders", "script"]);
        expect(groups.find(({ labels }) => labels["job"] === "orders")).toMatchObject({
          function: "orders-prod",
        });
      },
    );
  });
});
