import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeFamilies, samplesOf, startOf } from "../../../test/pushgateway/metric-families.js";
import { parseText } from "../../../test/pushgateway/parse.js";
import { createAggregate, MalformedSnapshot } from "../src/aggregate.js";
import type { GaugeAggregate, MetricType, Outcome, Trigger } from "../src/index.js";
import { type Core, freshCore, textOf } from "./core.js";
import { fakePlatform } from "./fake-platform.js";
import type { GroupingKey, Metric } from "./internals.js";
import { type Answer, beginHistory, type PastPush } from "./life-history.js";

interface Vectors<V> {
  readonly description: string;
  readonly vectors: readonly (V & { readonly name: string })[];
}

interface Definition {
  readonly type: MetricType;
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly buckets?: readonly number[];
  readonly aggregate?: GaugeAggregate;
}

interface Recording {
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** JSON cannot express infinities, so they are text. */
  readonly value: number | "NaN" | "+Inf" | "-Inf";
  /** In milliseconds since 1970. Default: any time. */
  readonly atMs?: number;
}

const folder = new URL("../conformance/", import.meta.url);
const used = new Set<string>();

/** Reads the vectors of one file. */
function vectorsOf<V>(file: string): Vectors<V>["vectors"] {
  used.add(file);
  const { description, vectors } = JSON.parse(
    readFileSync(new URL(file, folder), "utf8"),
  ) as Vectors<V>;
  if (!description || vectors.length === 0) throw new Error(`${file} says nothing`);
  return vectors;
}

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a grouping key's path", () => {
  it.each(vectorsOf<{ group: GroupingKey; path: string | null }>("grouping-key.json"))(
    "$name",
    ({ group, path }) => {
      if (path === null) expect(() => core.groupingKeyPath(group)).toThrow(TypeError);
      else expect(core.groupingKeyPath(group)).toBe(path);
    },
  );
});

describe("a snapshot", () => {
  it.each(
    vectorsOf<{
      definitions: readonly Definition[];
      recordings: readonly Recording[];
      text: string;
    }>("snapshot.json"),
  )("$name", ({ definitions, recordings, text }) => {
    record(definitions, recordings);
    expect(textOf(core)).toBe(text);
  });
});

describe("a snapshot in the protobuf format", () => {
  it.each(
    vectorsOf<{
      definitions: readonly Definition[];
      recordings: readonly Recording[];
      startedAtMs: number | null;
      pushedAtMs: number;
      starts: Readonly<Record<string, readonly (number | null)[]>>;
      text: string;
      hex: string;
    }>("protobuf.json"),
  )("$name", async ({ definitions, recordings, startedAtMs, pushedAtMs, starts, text, hex }) => {
    const { protobuf } = await import("../src/protobuf.js");
    vi.useFakeTimers({ toFake: ["Date"] });
    record(definitions, recordings);
    expect(textOf(core)).toBe(text);
    const bytes = protobuf.encode(core.sortedMetrics(), startedAtMs ?? undefined, pushedAtMs);
    expect(Buffer.from(bytes).toString("hex")).toBe(hex);
    // So a program reads it that shares no code with prefreeze.
    const families = decodeFamilies(bytes);
    expect(
      Object.fromEntries(
        families.map(({ name, metric }) => [name, metric.map((each) => startOf(each) ?? null)]),
      ),
    ).toEqual(starts);
    expect(samplesOf(families)).toEqual(samplesIn(text));
  });
});

describe("an instance's own metrics", () => {
  it.each(
    vectorsOf<{
      targetInfo: Readonly<Record<string, string>>;
      initDurationMs?: number;
      invocations: readonly {
        trigger: Trigger;
        coldStart: boolean;
        durationMs: number | null;
        outcome: Outcome;
        errorType?: string;
      }[];
      pushes: readonly { succeeded: boolean; durationMs: number }[];
      droppedSeries: number;
      droppedRecordings: number;
      sequence: number;
      text: string;
    }>("instance.json"),
  )("$name", async (vector) => {
    const { defineFaasMetrics } = await import("../src/invocation/faas-metrics.js");
    const { defineSelfMetrics } = await import("../src/life/self-metrics.js");
    const recordOutcome = defineFaasMetrics(fakePlatform(vector));
    const self = defineSelfMetrics();
    for (const { outcome, errorType, durationMs, ...invocation } of vector.invocations) {
      const recordings = new Map();
      recordOutcome(
        { ...invocation, recordings, errorType, durationMs: durationMs ?? undefined },
        outcome,
      );
      core.mergeIntoTotals(recordings);
    }
    for (const { succeeded, durationMs } of vector.pushes) self.flushed(succeeded, durationMs);
    core.catalog.droppedSeries = vector.droppedSeries;
    core.catalog.droppedRecordings = vector.droppedRecordings;
    self.update(vector.sequence);
    expect(textOf(core)).toBe(vector.text);
  });
});

describe("the totals that a new life starts with", () => {
  it.each(
    vectorsOf<{
      definitions: readonly Definition[];
      before: readonly Recording[];
      acknowledged: string;
      after: readonly Recording[];
      totals: string;
      unacknowledged: string;
    }>("unacknowledged.json"),
  )("$name", ({ definitions, before, acknowledged, after, totals, unacknowledged }) => {
    record(definitions, before);
    expect(textOf(core)).toBe(acknowledged);
    record(definitions, after);
    expect(textOf(core)).toBe(totals);
    core.diff(acknowledged);
    expect(textOf(core)).toBe(unacknowledged);
  });
});

describe("the gateway of an instance", () => {
  it.each(
    vectorsOf<{ id: string; urls: readonly string[]; among: readonly string[]; url: string }>(
      "rendezvous.json",
    ),
  )("$name", async ({ id, urls, among, url }) => {
    const { rendezvous } = await import("../src/target/rendezvous.js");
    const { resolveSettings } = await import("../src/instance/settings.js");
    const { gateways } = resolveSettings({ url: urls }, {}, fakePlatform());
    const addresses = gateways.map((gateway) => gateway.url);
    expect(addresses).toEqual(among);
    expect(rendezvous(id, addresses)).toBe(url);
  });
});

describe("a push", () => {
  it.each(
    vectorsOf<{
      answer: Answer;
      ends: "acknowledged" | "not applied" | "in doubt";
      retried: boolean;
    }>("pushes.json"),
  )("$name", async ({ answer, ends, retried }) => {
    const history = await beginHistory(core);
    await history.push({ atMs: 0, answer });
    const { life, sent } = history;
    expect({ ...life, attempts: sent.length }).toMatchObject({
      acknowledged: ends === "acknowledged" ? { atMs: Date.now() } : undefined,
      inDoubt: ends === "in doubt",
      attempts: retried ? 2 : 1,
    });
  });
});

describe("a life is in doubt if a push of it is:", () => {
  it.each(
    vectorsOf<{
      events: readonly (readonly [
        "sent" | "acknowledged" | "not applied" | "in doubt",
        sequence: number,
      ])[];
      newest: number | null;
      inDoubt: boolean;
    }>("in-doubt.json"),
  )("$name", async ({ events, newest, inDoubt }) => {
    const { createInDoubt } = await import("../src/life/in-doubt.js");
    const pushes = createInDoubt(0);
    const act = {
      sent: pushes.sent,
      acknowledged: (sequence: number) => pushes.acknowledged(sequence, true),
      "not applied": pushes.notApplied,
      "in doubt": pushes.unanswered,
    };
    let acknowledged: number | null = null;
    for (const [event, sequence] of events) {
      if (act[event](sequence) === true) acknowledged = sequence;
    }
    expect([acknowledged, pushes.any]).toEqual([newest, inDoubt]);
  });
});

it("a life that has lost sight of a push stays in doubt until a later one is acknowledged", async () => {
  const { createInDoubt } = await import("../src/life/in-doubt.js");
  const pushes = createInDoubt(0);
  for (let sequence = 1; sequence <= 1_000; sequence++) pushes.sent(sequence);
  for (let sequence = 1; sequence <= 1_000; sequence++) pushes.notApplied(sequence);
  expect(pushes.any).toBe(true);
  pushes.sent(1_001);
  pushes.acknowledged(1_001, true);
  expect(pushes.any).toBe(false);
});

describe("the push after a silence", () => {
  it.each(
    vectorsOf<{
      urls: readonly string[];
      pushes: readonly PastPush[];
      nextAtMs: number;
      life: "same" | "new";
      moves: boolean | null;
      work: number;
    }>("expiry.json"),
  )("$name", async ({ urls, pushes, nextAtMs, life, moves, work }) => {
    const history = await beginHistory(core, urls);
    for (const push of pushes) await history.push(push);
    const { id, url, sequence } = history.life;
    await history.push({ atMs: nextAtMs, answer: 200 });
    const next = history.sent.findLast(({ method }) => method === "PUT")!;
    expect(next.work).toBe(work);
    expect(next.instance === id ? "same" : "new").toBe(life);
    expect(next.sequence).toBe(life === "new" ? 1 : sequence + 1);
    if (moves !== null) expect(next.url !== url).toBe(moves);
  });
});

describe("after status 410", () => {
  it.each(
    vectorsOf<{
      flushes: readonly (readonly Answer[])[];
      pushes: readonly {
        life: number;
        sequence: number;
        acknowledged: number | null;
        work: number;
      }[];
    }>("renewal.json"),
  )("$name", async ({ flushes, pushes }) => {
    const history = await beginHistory(core);
    for (const [i, answer] of flushes.entries()) await history.push({ atMs: i * 20_000, answer });
    const ids = [...new Set(history.sent.map(({ instance }) => instance))];
    expect(
      history.sent.map(({ instance, sequence, acknowledged = null, work }) => {
        return { life: ids.indexOf(instance) + 1, sequence, acknowledged, work };
      }),
    ).toEqual(pushes);
  });
});

describe("the end of a life", () => {
  it.each(
    vectorsOf<{
      pushes: readonly PastPush[];
      pending: boolean;
      endsAtMs: number;
      sends: "PUT" | "DELETE" | null;
    }>("end.json"),
  )("$name", async ({ pushes, pending, endsAtMs, sends }) => {
    const history = await beginHistory(core);
    for (const push of pushes) await history.push(push);
    const before = history.sent.length;
    if (pending) history.work();
    await history.end(endsAtMs);
    expect(history.sent.slice(before).map(({ method }) => method)).toEqual(sends ? [sends] : []);
  });
});

describe("an aggregator", () => {
  it.each(
    vectorsOf<{
      steps: readonly {
        push?: { life: string; atMs: number; snapshot: string };
        answer?: string | null;
        forget?: string;
      }[];
      readAtMs: number;
      text: string;
    }>("aggregate.json"),
  )("$name", ({ steps, readAtMs, text }) => {
    const group = "/metrics/job/checkout";
    const aggregate = createAggregate();
    for (const { push, answer, forget } of steps) {
      if (forget !== undefined) expect(aggregate.forget(group, forget)).toBe(true);
      if (!push) continue;
      if (answer === null)
        expect(() => aggregate.push({ group, ...push })).toThrow(MalformedSnapshot);
      else expect(aggregate.push({ group, ...push })).toBe(answer);
    }
    for (let i = 0; i < 2; i++) {
      aggregate.text(group, "scraped", readAtMs);
      aggregate.shown(group, "scraped", readAtMs);
    }
    expect(aggregate.text(group, "scraped", readAtMs)).toBe(text);
  });
});

it("every file of vectors is used here and described in the specification", () => {
  const files = readdirSync(folder).sort();
  expect([...used].sort()).toEqual(files);
  const specification = readFileSync(new URL("../PROTOCOL.md", folder), "utf8");
  const linked = [...specification.matchAll(/\(conformance\/(.+?)\)/g)].map(([, file]) => file);
  expect(linked.sort()).toEqual(files);
});

/** Defines metrics and records into the totals, outside any invocation. */
function record(definitions: readonly Definition[], recordings: readonly Recording[]): void {
  const { initSeries, builtIn, counter, gauge, histogram, observeIn } = core;
  for (const { type, ...definition } of definitions) {
    const { name, help, labelNames } = definition;
    const mine = recordings.filter(({ metric }) => metric === name);
    const each = (act: (labels: Recording["labels"], value: number) => void): void => {
      for (const { labels, value, atMs } of mine) {
        if (atMs !== undefined) vi.setSystemTime(atMs);
        act(labels, numberOf(value));
      }
    };
    // For a metric without labels, the value is the only argument.
    const args = (labels: Recording["labels"], value: number) =>
      (labels ? [labels, value] : [value]) as [never, number];
    if (type === "counter") {
      const it = counter(definition);
      each((labels, value) => it.inc(...args(labels, value)));
    } else if (type === "gauge") {
      const it = gauge(definition);
      each((labels, value) => it.set(...args(labels, value)));
    } else if (type === "histogram") {
      const it = histogram(definition);
      each((labels, value) => it.observe(...args(labels, value)));
    } else {
      const it: Metric = builtIn(type, name, help, labelNames, []);
      each((labels, value) => observeIn(initSeries(it, labels).total!, [], value));
    }
  }
}

function numberOf(value: Recording["value"]): number {
  return typeof value === "number" ? value : Number(value.replace("Inf", "Infinity"));
}

/** The samples of a text, as `samplesOf` lists those of families. */
function samplesIn(text: string): unknown[] {
  return parseText(text).flatMap(({ samples }) => samples);
}
