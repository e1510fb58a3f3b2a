/** A workload with prefreeze beside the same with a peer. */
export interface Comparison {
  readonly name: string;
  readonly ours: string;
  readonly peer: string;
  readonly peerName: string;
  /** The number of series in an operation; 0 if the workload does not depend on it. */
  readonly size: number;
  /** The peer's operations. Ours are cheaper and run `oursTimes` as often, so that both sides take equally long. */
  readonly warmUp: number;
  readonly operations: number;
  readonly oursTimes: number;
  readonly unit: "us" | "ns/series";
  /** The minimum of the peer's CPU time divided by ours; undefined if the figure has no limit. */
  readonly limit?: number;
}

export const COMPARISONS: readonly Comparison[] = [
  {
    name: "cpu_per_invocation",
    ours: "invocation-prefreeze",
    peer: "invocation-prom-client",
    peerName: "prom_client",
    size: 0,
    warmUp: 1_500,
    operations: 5_000,
    oursTimes: 7,
    unit: "us",
    // Guards against growth, with room for the differences between Node 20 and 24.
    limit: 7,
  },
  {
    name: "cpu_per_flushed_invocation",
    ours: "flushed-invocation-prefreeze",
    peer: "invocation-prom-client",
    peerName: "prom_client",
    size: 0,
    warmUp: 1_500,
    operations: 5_000,
    oursTimes: 7,
    unit: "us",
  },
  {
    name: "text_format_1000_series",
    ours: "text-format-prefreeze",
    peer: "text-format-prom-client",
    peerName: "prom_client",
    size: 1_000,
    warmUp: 60,
    operations: 150,
    oursTimes: 3,
    unit: "ns/series",
    limit: 10,
  },
  {
    name: "text_format_10000_series",
    ours: "text-format-prefreeze",
    peer: "text-format-prom-client",
    peerName: "prom_client",
    size: 10_000,
    warmUp: 6,
    operations: 15,
    oursTimes: 3,
    unit: "ns/series",
    limit: 5,
  },
  {
    name: "cpu_per_push",
    ours: "push-prefreeze",
    peer: "push-node-http",
    peerName: "node_http",
    size: 0,
    warmUp: 1_000,
    operations: 2_500,
    oursTimes: 1,
    unit: "us",
  },
  {
    name: "cpu_per_pushed_invocation",
    ours: "pushed-invocation-prefreeze",
    peer: "pushed-invocation-node-http",
    peerName: "node_http",
    size: 0,
    warmUp: 1_000,
    operations: 2_500,
    oursTimes: 1,
    unit: "us",
  },
];
