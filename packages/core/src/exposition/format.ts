import type { Metric } from "../metrics/metric.js";
import type { Bytes } from "../runtime/bytes.js";

/** How snapshots are pushed, if not as text: `protobuf`, which `@prefreeze/core/protobuf` exports. */
export interface Format {
  /** The name that `explain()` shows. */
  readonly name: string;
  /** The content type of a push. */
  readonly contentType: string;
  /**
   * Writes metrics. Those without a recording are left out.
   *
   * @param metrics in the order in which they are written
   * @param startedAtMs when their life began, in milliseconds since 1970; undefined if nobody knows
   * @param nowMs in milliseconds since 1970
   */
  encode(metrics: Iterable<Metric>, startedAtMs: number | undefined, nowMs: number): Bytes;
}
