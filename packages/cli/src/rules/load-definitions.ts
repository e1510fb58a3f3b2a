import { statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Metric, shared } from "@prefreeze/core/adapter";
import { WrongInput } from "../arguments/wrong-input.js";
import type { MetricDescription } from "../definitions/metric-description.js";
import { inertly } from "./inertly.js";

const EXTENSIONS = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"];
const LONGEST_LOAD_MS = 30_000;

/**
 * Loads a module of TypeScript or JavaScript, and lists the metrics that it and what it imports define. The module runs
 * in this process, but adapters push nothing, whatever the environment says. What it prints goes to stderr.
 *
 * A second call also lists what the first one has loaded, since definitions belong to the process.
 *
 * @param file its path
 * @returns sorted by name, without those that every function has
 * @throws WrongInput if the file does not exist, throws, does not end to load within 30 seconds, or defines nothing
 */
export async function loadDefinitions(file: string): Promise<MetricDescription[]> {
  const path = existing(file);
  const { createJiti } = await import("jiti");
  // Without a cache on disk: a read-only place will do, and nothing is left there.
  const jiti = createJiti(pathToFileURL(path).href, { fsCache: false });
  try {
    await inertly(LONGEST_LOAD_MS, () => jiti.import(path));
  } catch (error) {
    throw new WrongInput(
      `${file} cannot be loaded: ${reasonOf(error)}. If it needs more than its definitions do, put these in a file of their own`,
      { cause: error },
    );
  }
  const found = definedMetrics();
  if (found.length > 0) return found;
  throw new WrongInput(
    otherVersion()
      ? `${file} uses another version of prefreeze: install prefreeze in the same version as its other packages`
      : `${file} defines no metric: name the file that calls counter(), gauge() or histogram()`,
  );
}

function existing(file: string): string {
  const path = resolve(file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new WrongInput(`${file} does not exist`);
  if (!found.isFile())
    throw new WrongInput(`${file} is no file: name the one with the definitions`);
  if (!EXTENSIONS.includes(extname(path)))
    throw new WrongInput(`${file} is no module: its name ends in none of ${EXTENSIONS.join(", ")}`);
  return path;
}

function definedMetrics(): MetricDescription[] {
  // Core has made it when it was imported above.
  const { metrics } = shared("catalog", { metrics: new Map<string, Metric>() });
  return [...metrics.values()]
    .filter(({ builtIn }) => !builtIn)
    .map(({ name, type, help, labelNames, buckets, aggregate }) => ({
      name,
      type,
      help,
      labelNames,
      ...(buckets && { buckets }),
      ...(aggregate && { aggregate }),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a copy of prefreeze has run that keeps its state elsewhere, since its layout differs. */
function otherVersion(): boolean {
  const layouts = Object.getOwnPropertySymbols(globalThis).filter((key) =>
    /^prefreeze\/\d+$/.test(key.description ?? ""),
  );
  return layouts.length > 1;
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text
    .trim()
    .replaceAll(/\s*\n\s*/g, " ")
    .replace(/\.$/, "");
  return line.length > 500 ? `${line.slice(0, 500)}…` : line || "it throws";
}
