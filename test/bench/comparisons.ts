/** One of our workloads beside a peer's. */
export interface Comparison {
  readonly name: string;
  readonly ours: string;
  readonly peer: string;
  readonly peerName: string;
  /** How many series an operation has to do with; 0 where that is no matter. */
  readonly size: number;
  readonly warmUp: number;
  readonly operations: number;
  readonly unit: "us" | "ns/series";
  /** How many times less CPU than the peer it takes at least; none where it is only told. */
  readonly limit?: number;
}

export const COMPARISONS: readonly Comparison[] = [
  {
    name: "cpu_per_invocation",
    ours: "invocation-prefreeze",
    peer: "invocation-prom-client",
    peerName: "prom_client",
    size: 0,
    warmUp: 5_000,
    operations: 20_000,
    unit: "us",
    limit: 8,
  },
  {
    name: "encode_1000_series",
    ours: "encode-prefreeze",
    peer: "encode-prom-client",
    peerName: "prom_client",
    size: 1_000,
    warmUp: 150,
    operations: 300,
    unit: "ns/series",
    limit: 10,
  },
  {
    name: "encode_10000_series",
    ours: "encode-prefreeze",
    peer: "encode-prom-client",
    peerName: "prom_client",
    size: 10_000,
    warmUp: 15,
    operations: 40,
    unit: "ns/series",
    limit: 5,
  },
  {
    name: "cpu_per_push",
    ours: "push-prefreeze",
    peer: "push-node-http",
    peerName: "node_http",
    size: 0,
    warmUp: 1_500,
    operations: 4_000,
    unit: "us",
  },
];
