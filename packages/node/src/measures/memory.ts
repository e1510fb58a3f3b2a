import { gaugeByKind, ownGauge } from "./own-gauge.js";
import { procFile } from "./proc-file.js";

/** Measures the memory of the process, as the operating system counts it. */
export function measureProcessMemory(): () => void {
  const resident = ownGauge(
    "process_resident_memory_bytes",
    "Resident memory size in bytes.",
    "sum",
  );
  const virtual = ownGauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", "sum");
  const data = ownGauge("process_heap_bytes", "Process heap size in bytes.", "sum");
  if (process.platform !== "linux") return () => resident(process.memoryUsage.rss());
  return () => {
    const status = procFile("status");
    const bytes = (field: string) =>
      Number(new RegExp(`^${field}:\\s*(\\d+)`, "m").exec(status)?.[1]) * 1_024;
    resident(bytes("VmRSS"));
    virtual(bytes("VmSize"));
    data(bytes("VmData"));
  };
}

/** Measures the memory of the thread's heap, as V8 counts it. */
export function measureHeap(): () => void {
  const v8 = process.getBuiltinModule("node:v8");
  const total = ownGauge(
    "nodejs_heap_size_total_bytes",
    "Process heap size from Node.js in bytes.",
    "sum",
  );
  const used = ownGauge(
    "nodejs_heap_size_used_bytes",
    "Process heap size used from Node.js in bytes.",
    "sum",
  );
  const external = ownGauge(
    "nodejs_external_memory_bytes",
    "Node.js external memory size in bytes.",
    "sum",
  );
  const ofSpaces = (what: string) =>
    gaugeByKind(
      `nodejs_heap_space_size_${what}_bytes`,
      `Process heap space size ${what} from Node.js in bytes.`,
      "space",
      "sum",
    );
  const [totals, useds, availables] = [ofSpaces("total"), ofSpaces("used"), ofSpaces("available")];
  return () => {
    // What `process.memoryUsage()` reports, without its slow look at the operating system.
    const heap = v8.getHeapStatistics();
    total(heap.total_heap_size);
    used(heap.used_heap_size);
    external(heap.external_memory);
    const spaces = v8
      .getHeapSpaceStatistics()
      .map((space) => [space.space_name.replace(/_space$/, ""), space] as const);
    totals(new Map(spaces.map(([name, { space_size: size }]) => [name, size])));
    useds(new Map(spaces.map(([name, { space_used_size: size }]) => [name, size])));
    availables(new Map(spaces.map(([name, { space_available_size: size }]) => [name, size])));
  };
}
