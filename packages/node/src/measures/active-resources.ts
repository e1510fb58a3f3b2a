import { gaugeByKind, ownGauge } from "./own-gauge.js";

/** Node.js has not documented them, and many tools read them. */
interface Undocumented {
  _getActiveHandles?(this: void): readonly unknown[];
  _getActiveRequests?(this: void): readonly unknown[];
}

/** Measures what keeps the event loop of this thread running. */
export function measureActiveResources(): () => void {
  const { _getActiveHandles: handles, _getActiveRequests: requests } = process as Undocumented;
  const measures = [
    count(
      "nodejs_active_resources",
      "Number of active resources that are currently keeping the event loop alive, grouped by async resource type.",
      "Total number of active resources.",
      () => process.getActiveResourcesInfo(),
    ),
    handles &&
      count(
        "nodejs_active_handles",
        "Number of active libuv handles grouped by handle type. Every handle type is C++ class name.",
        "Total number of active handles.",
        () => handles().map(className),
      ),
    requests &&
      count(
        "nodejs_active_requests",
        "Number of active libuv requests grouped by request type. Every request type is C++ class name.",
        "Total number of active requests.",
        () => requests().map(className),
      ),
  ];
  return () => {
    for (const measure of measures) measure?.();
  };
}

/** @param read the kind of each one */
function count(
  name: string,
  help: string,
  helpOfTotal: string,
  read: () => readonly string[],
): () => void {
  const byKind = gaugeByKind(name, help, "type", "sum");
  const total = ownGauge(`${name}_total`, helpOfTotal, "sum");
  return () => {
    const kinds = read();
    const counts = new Map<string, number>();
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    byKind(counts);
    total(kinds.length);
  };
}

function className(value: unknown): string {
  const { constructor: made } = Object(value) as { readonly constructor?: { name?: unknown } };
  return String(made?.name ?? "Object");
}
