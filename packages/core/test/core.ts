import { onTestFinished, vi } from "vitest";

/** Both entries of the package: what users import and what adapters import. */
export type Core = typeof import("../src/index.js") & typeof import("../src/adapter.js");

const key = Symbol.for("prefreeze/1");

/** The package as a new process has it. */
export async function freshCore(): Promise<Core> {
  delete (globalThis as { [key]?: unknown })[key];
  return anotherCopy();
}

/** One more copy of the package in the same process. */
export async function anotherCopy(): Promise<Core> {
  vi.resetModules();
  return { ...(await import("../src/index.js")), ...(await import("../src/adapter.js")) };
}

/** The same package with nothing defined, recorded or set up: quicker than a fresh one, for many runs. */
export function forgetAll({ singleSlot, state }: Core): void {
  for (const each of [state.metrics, state.running, state.listeners, state.warned]) each.clear();
  Object.assign(state, {
    sorted: undefined,
    seriesCount: 0,
    maxSeries: 1_000,
    droppedSeries: 0,
    droppedRecordings: 0,
    version: 0,
    store: singleSlot(state.running),
    instance: undefined,
  });
}

/** What the totals read in the text format. */
export function textOf({ encode, state }: Core): string {
  return encode([...state.metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/** The value of one series as the text format names it: `orders_total{plan="pro"}`. */
export function valueIn(text: string, series: string): number | undefined {
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : numberOf(line.slice(series.length + 1));
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

/** The same, of the totals as they are now. */
export function totalOf(core: Core, series: string): number | undefined {
  return valueIn(textOf(core), series);
}

/** Collects what is warned about until the test ends. */
export function collectWarnings(): readonly string[] {
  const warnings: string[] = [];
  const spy = vi.spyOn(console, "warn").mockImplementation((...words: unknown[]) => {
    warnings.push(words.join(" "));
  });
  onTestFinished(() => spy.mockRestore());
  return warnings;
}
