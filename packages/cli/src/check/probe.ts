import { randomBytes, randomUUID } from "node:crypto";

/** The job of what a check pushes. */
export const PROBE_JOB = "prefreeze_check";
/** The metric by which a check finds its probe again. */
export const PROBE_METRIC = "prefreeze_check_probe";

/** What a check pushes: one life of an instance, in a group of its own. */
export interface Probe {
  /** In the label `probe`. Nothing else contains it. */
  readonly nonce: string;
  readonly label: string;
  /** Of the life. */
  readonly path: string;
  /** Of the totals that an aggregator keeps of the job. */
  readonly jobPath: string;
  readonly value: number;
  readonly text: string;
}

/** A probe whose path has letters, digits and `_` only. */
export function plainProbe(): Probe {
  const nonce = newNonce();
  return probe(nonce, nonce, `/probe/${nonce}`);
}

/** A probe whose path needs base64, as many names of functions and stages do. */
export function encodedProbe(): Probe {
  const nonce = newNonce();
  const label = `${nonce} /../%2F+ä"\\`;
  return probe(nonce, label, `/probe@base64/${Buffer.from(label).toString("base64url")}`);
}

function newNonce(): string {
  return randomBytes(8).toString("hex");
}

function probe(nonce: string, label: string, labelPath: string): Probe {
  const life = `check-${randomUUID().slice(0, 23)}`;
  const value = 1 + randomBytes(4).readUInt32BE();
  return {
    nonce,
    label,
    value,
    path: `/metrics/job/${PROBE_JOB}/instance/${life}${labelPath}`,
    jobPath: `/metrics/job/${PROBE_JOB}${labelPath}`,
    text: snapshot(value),
  };
}

/** The first push of a life. What it says of itself has the names and texts of every other life. */
function snapshot(value: number): string {
  return `# HELP ${PROBE_METRIC} Pushed by prefreeze check, and deleted by it.
# TYPE ${PROBE_METRIC} gauge
${PROBE_METRIC} ${value}
# HELP prefreeze_dropped_recordings_total Recordings dropped.
# TYPE prefreeze_dropped_recordings_total counter
prefreeze_dropped_recordings_total 0
# HELP prefreeze_dropped_series_total Recordings over maxSeries.
# TYPE prefreeze_dropped_series_total counter
prefreeze_dropped_series_total 0
# HELP prefreeze_flush_duration_seconds Time of pushes.
# TYPE prefreeze_flush_duration_seconds summary
prefreeze_flush_duration_seconds_sum 0
prefreeze_flush_duration_seconds_count 0
# HELP prefreeze_flushes_total Pushes before this.
# TYPE prefreeze_flushes_total counter
prefreeze_flushes_total{result="success"} 0
prefreeze_flushes_total{result="failure"} 0
# HELP prefreeze_snapshot_sequence Number of this push.
# TYPE prefreeze_snapshot_sequence gauge
prefreeze_snapshot_sequence 1
# HELP target_info This instance.
# TYPE target_info gauge
target_info{faas_name="${PROBE_JOB}"} 1
`;
}
