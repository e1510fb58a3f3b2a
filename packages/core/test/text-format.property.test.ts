import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Family, parseText } from "../../../test/pushgateway/parse.js";
import { type RealGateway, startRealGateway } from "../../../test/pushgateway/real.js";
import { type Definition, definition, type Recording, recording } from "./arbitrary-metrics.js";
import { collectWarnings, type Core, freshCore, pretendProduction } from "./core.js";
import { startInstance } from "./fake-platform.js";

let gateway: RealGateway;
let core: Core;

beforeAll(async () => {
  gateway = await startRealGateway();
});

afterAll(async () => {
  await gateway.stop();
});

beforeEach(async () => {
  // Two definitions of one name are refused.
  pretendProduction();
  core = await freshCore();
});

interface Model {
  readonly definition: Definition;
  readonly record: (recording: Recording) => void;
  /** By their label values as JSON. */
  readonly series: Map<
    string,
    { labels: Record<string, string>; value: number; observed: number[] }
  >;
}

/**
 * Defines the metric, and a model of it that shares no code with it.
 *
 * @returns undefined if the definition is refused
 */
function define(definition: Definition): Model | undefined {
  const { type, help, labelNames, buckets } = definition;
  const options = { name: definition.name, help, labelNames };
  const series: Model["series"] = new Map();
  let children: { readonly labels: (...values: never[]) => unknown };
  try {
    children =
      type === "counter"
        ? core.counter(options)
        : type === "gauge"
          ? core.gauge(options)
          : core.histogram({ ...options, buckets });
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return undefined;
  }
  return {
    definition,
    series,
    record({ method, labels, value }) {
      const chosen = labels.slice(0, labelNames.length);
      const child = children.labels(...(chosen as never[])) as Record<
        string,
        (value: number) => void
      >;
      const model = () => {
        const texts = chosen.map((label) => Buffer.from(String(label)).toString());
        const key = JSON.stringify(texts);
        let found = series.get(key);
        if (found === undefined) {
          const named = Object.fromEntries(labelNames.map((label, i) => [label, texts[i] ?? ""]));
          series.set(key, (found = { labels: named, value: 0, observed: [] }));
        }
        return found;
      };
      if (type === "counter") {
        child["inc"]?.(value);
        if (value >= 0 && value < Infinity) model().value += value;
      } else if (type === "histogram") {
        child["observe"]?.(value);
        if (Number.isFinite(value)) {
          const found = model();
          found.value += value;
          found.observed.push(value);
        }
      } else if (method === "first") {
        child["set"]?.(value);
        model().value = value;
      } else {
        child[method === "second" ? "inc" : "dec"]?.(value);
        if (Number.isFinite(value)) model().value += method === "second" ? value : -value;
      }
    },
  };
}

/** The samples that a model expects, as comparable texts. */
function samplesOf({ definition: { type, name, buckets }, series }: Model): string[] {
  return [...series.values()].flatMap(({ labels, value, observed }) => {
    if (type !== "histogram") return [sampleText(name, labels, value)];
    const bounds = [...buckets, Infinity];
    return [
      ...bounds.map((bound) =>
        sampleText(
          `${name}_bucket`,
          { ...labels, le: `${bound}` },
          observed.filter((each) => each <= bound).length,
        ),
      ),
      sampleText(`${name}_sum`, labels, value),
      sampleText(`${name}_count`, labels, observed.length),
    ];
  });
}

function sampleText(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels)
    // Go writes exponents with two digits.
    .map(
      ([label, text]) =>
        [label, label === "le" ? `${Number(text.replace("+Inf", "Infinity"))}` : text] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}${JSON.stringify(pairs)} ${value}`.replace(/ -0$/, " 0");
}

function stored(
  families: readonly Family[],
  job: string,
): Map<string, { family: Family; samples: string[] }> {
  const byName = new Map<string, { family: Family; samples: string[] }>();
  for (const family of families) {
    const samples = family.samples
      .filter(({ labels }) => labels["job"] === job)
      .map(({ name, labels: { job: _, instance: __, ...labels }, value }) =>
        sampleText(name, labels, value),
      );
    if (samples.length > 0) byName.set(family.name, { family, samples: samples.sort() });
  }
  return byName;
}

describe("any metric that can be defined and recorded", () => {
  it(
    "is accepted by the real Pushgateway, which exports the same values",
    { timeout: 60_000 },
    async () => {
      collectWarnings();
      // The metrics of prefreeze itself are in every snapshot.
      startInstance(core);
      const builtIn = [...core.catalog.metrics.values()];
      const { bytes } = core.catalog;
      const group = { job: "property", instance: "one", grouping: {} };
      let accepted = 0;

      await fc.assert(
        fc.asyncProperty(
          fc.array(definition, { minLength: 1, maxLength: 8 }),
          fc.array(recording, { maxLength: 40 }),
          fc.boolean(),
          async (definitions, recordings, gzip) => {
            core.catalog.metrics.clear();
            for (const metric of builtIn) core.catalog.metrics.set(metric.name, metric);
            Object.assign(core.catalog, { seriesCount: 0, overflow: 0, bytes });

            const models = new Map<string, Model>();
            for (const each of definitions) {
              const model = define(each);
              // A definition that exists already is the same metric.
              if (model && !models.has(model.definition.name))
                models.set(model.definition.name, model);
            }
            const all = [...models.values()];
            if (all.length > 0) {
              for (const each of recordings) all[each.metric % all.length]?.record(each);
            }
            const target = core.pushgateway({
              url: gateway.url,
              transport: core.fetchTransport,
              gzipAboveBytes: gzip ? 0 : Infinity,
            });
            const body = core.textFormat(core.catalog.metrics.values());
            // The push rejects unless the answer is 2xx.
            await target.send("PUT", core.groupingKeyPath(group), body, new AbortController());

            const families = stored(parseText(await gateway.metrics()), group.job);
            for (const model of all) {
              const expected = samplesOf(model).sort();
              const found = families.get(model.definition.name);
              expect(found?.samples ?? []).toEqual(expected);
              if (found) expect(found.family.type).toBe(model.definition.type);
              accepted += expected.length;
            }
          },
        ),
        { numRuns: 300 },
      );
      // The generator is useless if nearly all definitions are refused.
      expect(accepted).toBeGreaterThan(1_500);
    },
  );
});
