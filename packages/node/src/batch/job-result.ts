/** How the newest run of a batch job has ended. */
export interface JobResult {
  readonly succeeded: boolean;
  readonly durationMs: number;
  /** When a run has last succeeded, in milliseconds since 1970; undefined if that is not to be changed. */
  readonly succeededAtMs: number | undefined;
}

/**
 * The gauges of each job with their help. They are the same for all jobs and versions: a gateway takes one type for
 * a name, whatever its group, and complains in its log about each scrape with two texts of help.
 */
export const JOB_METRICS = {
  batch_job_duration_seconds: "Time that the newest run of the job took.",
  batch_job_success: "1 if the newest run of the job has succeeded, 0 if it has failed.",
  batch_job_last_success_timestamp_seconds: "Unix time when the job last succeeded.",
};

/**
 * Writes a result in the text format, for a push.
 *
 * @param labels of all gauges
 */
export function jobResultText(
  { succeeded, durationMs, succeededAtMs }: JobResult,
  labels: Readonly<Record<string, string>>,
): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  const series = pairs.length > 0 ? `{${pairs.join()}}` : "";
  const gauge = (name: keyof typeof JOB_METRICS, value: number) =>
    `# HELP ${name} ${JOB_METRICS[name]}\n# TYPE ${name} gauge\n${name}${series} ${value}\n`;
  const text =
    gauge("batch_job_duration_seconds", durationMs / 1_000) +
    gauge("batch_job_success", succeeded ? 1 : 0);
  return succeededAtMs === undefined
    ? text
    : text + gauge("batch_job_last_success_timestamp_seconds", succeededAtMs / 1_000);
}

function escape(value: string): string {
  return value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}
