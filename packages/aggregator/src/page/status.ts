/** What the page tells people about an aggregator, at one moment. */
export interface AggregatorStatus {
  /** The value of the grouping label `aggregator`, if it has one. */
  readonly name: string | undefined;
  readonly version: string;
  readonly startedMs: number;
  readonly jobs: readonly JobStatus[];
  /** Lives that are known, whether they were heard of lately or not. */
  readonly lives: number;
  readonly maxLives: number;
  /** The most series a job may have. */
  readonly maxSeries: number;
  readonly gateway: GatewayStatus;
}

/** One group of totals. */
export interface JobStatus {
  /** The grouping labels, `job` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Lives that were heard of within the lease. */
  readonly lives: number;
  readonly series: number;
  /** When its newest push arrived; undefined if none has since its state began. */
  readonly newestPushMs: number | undefined;
}

/** The Pushgateway, as the last pushes to it went. */
export interface GatewayStatus {
  /** Its address, without a user or password. */
  readonly url: string;
  /** The `unknown` state lasts until the first push to it has ended. */
  readonly state: "unknown" | "up" | "away";
  /** Since when it has been in this state. */
  readonly sinceMs: number;
  /** The last push that it acknowledged. */
  readonly acknowledgedMs: number | undefined;
  /** Why the last push to it failed, if it did. */
  readonly reason: string | undefined;
}
