import fc from "fast-check";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { foundGateways } from "../../../test/pushgateway/gateways.mjs";
import { startRealGateway } from "../../../test/pushgateway/real.js";
import { protobuf } from "../src/protobuf.js";
import { definition, recording } from "./arbitrary-metrics.js";
import { collectWarnings, type Core, freshCore, pretendProduction } from "./core.js";
import { startInstance } from "./fake-platform.js";

let core: Core;

beforeEach(async () => {
  // Two definitions of one name are refused.
  pretendProduction();
  core = await freshCore();
});

/** Defines what can be defined, and records into it. */
function record(
  definitions: readonly (typeof definition extends fc.Arbitrary<infer D> ? D : never)[],
  recordings: readonly (typeof recording extends fc.Arbitrary<infer R> ? R : never)[],
): void {
  const children = definitions.flatMap(({ type, name, help, labelNames, buckets }) => {
    const options = { name, help, labelNames };
    try {
      const metric =
        type === "histogram"
          ? core.histogram({ ...options, buckets })
          : type === "gauge"
            ? core.gauge(options)
            : core.counter(options);
      return [{ labelNames, metric }];
    } catch {
      return [];
    }
  });
  for (const { metric, method, labels, value } of recordings) {
    const chosen = children[metric % children.length];
    if (!chosen) continue;
    const recorder = chosen.metric as { labels(...values: never[]): unknown };
    const child = recorder.labels(
      ...(labels.slice(0, chosen.labelNames.length) as never[]),
    ) as Record<string, (value: number) => void>;
    const record = child["observe"] ?? child[method === "first" ? "set" : "inc"] ?? child["inc"];
    record?.call(child, value);
  }
}

const GATEWAYS = await foundGateways();

describe.each(GATEWAYS)("Pushgateway $version", ({ path }) => {
  it(
    "shows the same of any metrics, pushed as text or as protobuf",
    { timeout: 120_000 },
    async () => {
      const gateway = await startRealGateway({ program: path });
      onTestFinished(() => gateway.stop());
      collectWarnings();
      // The metrics of prefreeze itself are in every snapshot.
      startInstance(core);
      const builtIn = [...core.catalog.metrics.values()];
      const { bytes } = core.catalog;
      const group = core.groupingKeyPath({ job: "property", instance: "one", grouping: {} });
      let compared = 0;

      await fc.assert(
        fc.asyncProperty(
          fc.array(definition, { minLength: 1, maxLength: 8 }),
          fc.array(recording, { maxLength: 40 }),
          fc.boolean(),
          async (definitions, recordings, gzip) => {
            core.catalog.metrics.clear();
            for (const metric of builtIn) core.catalog.metrics.set(metric.name, metric);
            Object.assign(core.catalog, { seriesCount: 0, overflow: 0, bytes });
            record(definitions, recordings);
            const target = (contentType?: string) =>
              core.pushgateway({
                url: gateway.url,
                transport: core.fetchTransport,
                gzipAboveBytes: gzip ? 0 : Infinity,
                contentType,
              });
            const metrics = core.sortedMetrics();

            await target().send("PUT", group, core.textFormat(metrics), new AbortController());
            const asText = await shownBy(gateway.url);
            const nowMs = Date.now();
            const encoded = protobuf.encode(metrics, nowMs - 60_000, nowMs);
            await target(protobuf.contentType).send("PUT", group, encoded, new AbortController());
            const asProtobuf = await shownBy(gateway.url);

            expect(asProtobuf).toEqual(asText);
            compared += asText.metrics.length;
          },
        ),
        { numRuns: 200 },
      );
      expect(compared).toBeGreaterThan(1_000);
    },
  );
});

/** What a gateway shows of the group: its page of metrics as lines, and its API's groups. */
async function shownBy(url: string): Promise<{ metrics: string[]; groups: unknown }> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const { data } = (await (await fetch(`${url}/api/v1/metrics`)).json()) as {
    data: Record<string, object>[];
  };
  const metrics = page.split("\n").filter((line) => line.includes('job="property"'));
  const own = /^push_(failure_)?time_seconds$|^last_push_successful$/;
  const groups = data.map((group) =>
    Object.fromEntries(
      Object.entries(group)
        .filter(([name]) => !own.test(name))
        .map(([name, value]) => [name, { ...value, time_stamp: undefined }]),
    ),
  );
  return { metrics: metrics.filter((line) => !line.startsWith("push_")), groups };
}
