import type { FlushInterval } from "../flush/backoff.js";
import type { Format } from "../exposition/format.js";
import type { HeadersSource } from "../target/pushgateway.js";
import type { Transport } from "../target/transport.js";

/** Options of `instrument()`. Each one overrides its environment variable. */
export interface Options {
  /**
   * Address of the Pushgateway, with a path prefix if it has one; userinfo in it is basic auth. If there
   * are several, as a list or separated by commas, each instance stays with one of them. Default: none, and
   * nothing is pushed. `PUSHGATEWAY_URL`.
   */
  readonly url?: string | readonly string[] | undefined;
  /** User name for basic auth. Default: the URL's userinfo. `PUSHGATEWAY_USERNAME`. */
  readonly username?: string | undefined;
  /** Password for basic auth. Default: the URL's userinfo. `PUSHGATEWAY_PASSWORD`. */
  readonly password?: string | undefined;
  /** Token for bearer auth. Overrides basic auth. Default: none. `PUSHGATEWAY_BEARER_TOKEN`. */
  readonly bearerToken?: string | undefined;
  /** Further headers of every push, or a function that fetches them before the first push. Default: none. */
  readonly headers?: HeadersSource | undefined;
  /** The `job` label. Default: the function's name on its platform. `PREFREEZE_JOB`. */
  readonly job?: string | undefined;
  /**
   * Start of the `instance` label, before its unique part. Default: a name that the platform gives.
   * `PREFREEZE_INSTANCE_PREFIX`.
   */
  readonly instancePrefix?: string | undefined;
  /** Further grouping labels. Default: none. `PREFREEZE_GROUPING`, as `a=b,c=d`. */
  readonly grouping?: Readonly<Record<string, string>> | undefined;
  /**
   * Constant labels of all series, but for `target_info` and the metrics about prefreeze itself. Together up to 500
   * bytes. Default: none. `PREFREEZE_LABELS`, as `a=b,c=d`.
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Longest wait for a flush, in milliseconds, from 1 to 30,000. Default 1,000. `PREFREEZE_FLUSH_TIMEOUT_MS`. */
  readonly flushTimeoutMs?: number | undefined;
  /**
   * Minimum time between flushes, in milliseconds, from 0 to 60,000, or `"auto"`: ten times as long as the
   * last flush took. Ignored on platforms that announce no shutdown. Default 0.
   * `PREFREEZE_MIN_FLUSH_INTERVAL_MS`.
   */
  readonly minFlushIntervalMs?: FlushInterval | undefined;
  /** Most time series that an instance has of your own metrics, from 1 to 100,000. Default 1,000. `PREFREEZE_MAX_SERIES`. */
  readonly maxSeries?: number | undefined;
  /**
   * Longest value of a label, in bytes of UTF-8, from 1 to 16,384. Default 1,024.
   * `PREFREEZE_MAX_LABEL_BYTES`.
   */
  readonly maxLabelBytes?: number | undefined;
  /** Snapshots longer than this are compressed with gzip, in bytes, from 0. Default 65,536. */
  readonly gzipAboveBytes?: number | undefined;
  /**
   * How snapshots are pushed: `protobuf`, which `@prefreeze/core/protobuf` exports, or as text. Default: as text.
   */
  readonly format?: Format | undefined;
  /** `true` leaves the handler as it is. Default `false`. `PREFREEZE_DISABLED`, as `1`, `true`, `0` or `false`. */
  readonly disabled?: boolean | undefined;
  /** Sends requests to the gateway. Default: the platform's own transport. */
  readonly transport?: Transport | undefined;
}
