import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalog } from "../../../core/test/internals.js";
import { fileJournal } from "@prefreeze/node";
import { LOG_BYTES, LOGS_AT } from "../../src/journal/layout.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import vectors from "../../conformance/journal.json" with { type: "json" };

const BYTES = LOGS_AT + 2 * LOG_BYTES;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "prefreeze-conformance-"));
  catalog.metrics.clear();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true });
});

test.each(vectors.cases)("a journal's file: $name", async ({ records, restored }) => {
  const bytes = Buffer.alloc(records.length === 0 ? 0 : BYTES);
  for (const { at, hex } of records) bytes.write(hex, at, "hex");
  writeFileSync(join(directory, "prefreeze-1-0"), bytes, { mode: 0o600 });

  const journal = fileJournal({ directory, environment: vectors.environment })(vectors.key);
  const left = journal?.restored;
  if (restored === null) return expect(left).toBeUndefined();
  const { orders, acknowledged, ...life } = restored;
  expect(left).toMatchObject(life);
  if (acknowledged) expect(left?.acknowledged).toMatchObject(acknowledged);
  else expect(left?.acknowledged).toBeUndefined();
  left!.addTotals();
  const series = [...catalog.metrics.get("orders_total")!.series.values()];
  expect(series.map((each) => [each.labelValues, each.total!.value])).toEqual([[["pro"], orders]]);
});

test("the journal writes the same bytes for the same states", async () => {
  const [first, acknowledged] = vectors.cases;
  const { id, url } = first!.restored!;
  // As a journal writes it that restored its life from an older one.
  const startedAtMs = undefined;
  const totalsOf = (orders: number) => {
    const text = `# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total{plan="pro"} ${orders}\n`;
    return { changed: () => (orders === 1 ? undefined : text), all: () => text };
  };
  const journal = fileJournal({ directory, environment: vectors.environment })(vectors.key)!;
  journal.end(journal.begin("http", true));
  const life = { id, url, sequence: 1, startedAtMs, inDoubt: true, acknowledged: undefined };
  journal.write(life, totalsOf(1), true);
  const entry = journal.begin("pubsub", false);
  await expectBytes(first!.records);
  const snapshot = acknowledged!.restored!.acknowledged!;
  journal.acknowledge({ ...life, inDoubt: false, acknowledged: snapshot }, true);
  journal.end(entry);
  journal.write({ ...life, inDoubt: false }, totalsOf(2), false);
  await expectBytes(acknowledged!.records);
});

async function expectBytes(records: (typeof vectors.cases)[number]["records"]): Promise<void> {
  const bytes = await readFile(join(directory, "prefreeze-1-0"));
  for (const { at, hex } of records)
    expect(bytes.subarray(at, at + hex.length / 2).toString("hex")).toBe(hex);
}
