import { onTestFinished, vi } from "vitest";

/** Both entry points of the package, for users and for adapters, and the internals that tests use. */
export type Core = typeof import("../src/index.js") &
  typeof import("../src/adapter.js") &
  typeof import("./internals.js");

const key = Symbol.for("prefreeze/3");

/** Loads the package as a new process would. */
export async function freshCore(): Promise<Core> {
  delete (globalThis as { [key]?: unknown })[key];
  return anotherCopy();
}

/** Loads another copy of the package in the same process. */
export async function anotherCopy(): Promise<Core> {
  vi.resetModules();
  return {
    ...(await import("../src/index.js")),
    ...(await import("../src/adapter.js")),
    ...(await import("./internals.js")),
  };
}

/** Forgets all definitions, recordings and settings. Quicker than a fresh copy, so it suits many runs. */
export function forgetAll({ singleSlot, catalog, invocations, shared }: Core): void {
  const warned = shared("warned", new Set<string>());
  const collectors = shared("collectors", new Set());
  const foreign = shared("foreign", new Map());
  for (const each of [
    catalog.metrics,
    invocations.running,
    invocations.listeners,
    warned,
    collectors,
    foreign,
  ])
    each.clear();
  Object.assign(catalog, {
    sorted: undefined,
    seriesCount: 0,
    overflow: 0,
    maxSeries: 1_000,
    bytes: 0,
    maxBytes: 1_000_000,
    maxLabelBytes: 1_024,
    droppedSeries: 0,
    droppedRecordings: 0,
    version: 0,
    changed: undefined,
    takenLabels: undefined,
    constantLabels: undefined,
    constantBytes: 0,
  });
  invocations.store = singleSlot(invocations.running);
  shared<{ store: unknown }>("scopes", { store: undefined }).store = invocations.store;
  shared<{ instance: unknown }>("current", { instance: undefined }).instance = undefined;
}

/** The totals in the text format. */
export function textOf({ textFormat, catalog }: Core): string {
  return textFormat([...catalog.metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/** The value of one series, written as in the text format: `orders_total{plan="pro"}`. */
export function valueIn(text: string, series: string): number | undefined {
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : numberOf(line.slice(series.length + 1));
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

/** The value of one series in the current totals. */
export function totalOf(core: Core, series: string): number | undefined {
  return valueIn(textOf(core), series);
}

/** What a test runner sets, and deployed code does not have, is hidden until the test ends. */
export function pretendProduction(): void {
  vi.stubEnv("NODE_ENV", "production");
  vi.stubEnv("VITEST", undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** Collects warnings until the test ends. */
export function collectWarnings(): readonly string[] {
  const warnings: string[] = [];
  const spy = vi.spyOn(console, "warn").mockImplementation((...words: unknown[]) => {
    warnings.push(words.join(" "));
  });
  onTestFinished(() => spy.mockRestore());
  return warnings;
}
