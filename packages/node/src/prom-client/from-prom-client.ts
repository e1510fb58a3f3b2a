import { onCollect, shared } from "@prefreeze/core/adapter";
import type { Family } from "./family.js";
import {
  isOtelReader,
  LIBRARY as OTEL,
  type OtelReader,
  readersOf,
  sourceOf as otelSourceOf,
} from "./read-opentelemetry.js";
import {
  isPromRegistry,
  LIBRARY as PROM,
  metricsOf,
  type PromRegistry,
  sourceOf,
  typeOf,
} from "./read-registry.js";
import { createFamilies, createReader, type Reader } from "./reader.js";

const taken = shared("fromPromClient", { registries: new WeakSet<object>() });

/**
 * Pushes what a registry of another library in this process holds with everything else, default metrics included.
 *
 * It takes a registry of `prom-client` 14 and 15 or of `@prometheus-io/client`, and a `MetricReader` or
 * `MeterProvider` of `@opentelemetry/sdk-metrics` 2 and 3. The registry is read before each push. Its counters and
 * histograms are added to the totals by what they have grown since; if they were reset, all that they show is growth.
 * Call it once for each registry, at the start; further calls do nothing.
 *
 * @param register as the library made it
 * @throws TypeError if it is none of these, or if it has a metric whose name prefreeze or another registry has, too
 */
export function fromPromClient(register: object): void {
  if (taken.registries.has(Object(register) as object)) return;
  const collector = collectorOf(Object(register) as object);
  taken.registries.add(register);
  onCollect(collector);
}

function collectorOf(register: object): () => Promise<void> | undefined {
  if (isPromRegistry(register)) return fromRegistry(register);
  const readers = isOtelReader(register) ? [register] : readersOf(register);
  const reader = readers.find(isOtelReader);
  if (reader) return fromReader(reader);
  throw new TypeError(
    "prefreeze: fromPromClient() takes a registry of prom-client or @prometheus-io/client, or a MetricReader of OpenTelemetry",
  );
}

function fromRegistry(registry: PromRegistry): () => Promise<void> | undefined {
  const owner = { library: PROM };
  const families = createFamilies(owner);
  const reserved: Family[] = [];
  for (const { name, type: named } of metricsOf(registry)) {
    const type = typeOf({ type: named });
    if (!type) continue;
    const family = families({ name, type });
    const other = family.reserve();
    reserved.push(family);
    if (!other) continue;
    // A program that catches this may define them itself, or call again.
    for (const each of reserved) each.release();
    throw new TypeError(
      `prefreeze: metric "${name}" of ${PROM}: ${other} has it, too: rename one of them`,
    );
  }
  let readers = new Map<object, Reader>();
  return () => {
    const metrics = metricsOf(registry);
    const now = new Map(
      metrics.map((metric) => [
        metric,
        readers.get(metric) ?? createReader(sourceOf(registry, metric), families, owner),
      ]),
    );
    // First of all: a metric of the same name may have taken the place of one, and counts from zero.
    for (const [metric, reader] of readers) if (!now.has(metric as never)) reader.end();
    readers = now;
    return all([...now.values()]);
  };
}

function fromReader(otelReader: OtelReader): () => Promise<void> | undefined {
  const owner = { library: OTEL };
  const reader = createReader(otelSourceOf(otelReader), createFamilies(owner), owner);
  return () => all([reader]);
}

function all(readers: readonly Reader[]): Promise<void> | undefined {
  const begun = readers.flatMap((reader) => reader.read() ?? []);
  return begun.length === 0 ? undefined : Promise.all(begun).then(() => undefined);
}
