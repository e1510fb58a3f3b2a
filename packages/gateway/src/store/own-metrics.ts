import type { FamilyType } from "../text/metric-family.js";

const GAUGES = `
  go_gc_gogc_percent go_gc_gomemlimit_bytes go_goroutines go_info go_sched_gomaxprocs_threads go_threads
  go_memstats_alloc_bytes go_memstats_buck_hash_sys_bytes go_memstats_gc_sys_bytes
  go_memstats_heap_alloc_bytes go_memstats_heap_idle_bytes go_memstats_heap_inuse_bytes
  go_memstats_heap_objects go_memstats_heap_released_bytes go_memstats_heap_sys_bytes
  go_memstats_last_gc_time_seconds go_memstats_mcache_inuse_bytes go_memstats_mcache_sys_bytes
  go_memstats_mspan_inuse_bytes go_memstats_mspan_sys_bytes go_memstats_next_gc_bytes
  go_memstats_other_sys_bytes go_memstats_stack_inuse_bytes go_memstats_stack_sys_bytes
  go_memstats_sys_bytes
  process_max_fds process_open_fds process_resident_memory_bytes process_start_time_seconds
  process_virtual_memory_bytes process_virtual_memory_max_bytes
  pushgateway_build_info
`;
const COUNTERS = `
  go_memstats_alloc_bytes_total go_memstats_frees_total go_memstats_mallocs_total
  process_cpu_seconds_total process_network_receive_bytes_total process_network_transmit_bytes_total
  pushgateway_http_requests_total
`;
const SUMMARIES = `
  go_gc_duration_seconds pushgateway_http_push_duration_seconds pushgateway_http_push_size_bytes
`;

/** The families that Pushgateway 1.11.2 exports about itself. A push that gives one of them another type is refused. */
export const ownMetrics: ReadonlyMap<string, FamilyType> = new Map([
  ...names(GAUGES).map((name) => [name, "gauge"] as const),
  ...names(COUNTERS).map((name) => [name, "counter"] as const),
  ...names(SUMMARIES).map((name) => [name, "summary"] as const),
]);

/** Whether the real gateway exports the family from its first request on; a push then needs exactly its help text. */
export function isRequestMetric(name: string): boolean {
  return name.startsWith("pushgateway_http_") && ownMetrics.has(name);
}

function names(list: string): string[] {
  return list.trim().split(/\s+/);
}
