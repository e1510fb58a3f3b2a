import {
  createFlusher,
  groupPath,
  type Instance,
  pushgateway,
  reasonOf,
  rendezvous,
  warn,
} from "@prefreeze/core/adapter";
import { jobResultText } from "./job-result.js";

/** The label that tells the group of a job's results from all other groups of the same `job`. */
const JOB_LABEL = "batch_job";

/** Pushes the results of one batch job. */
export interface ResultPusher {
  /**
   * Pushes the result of a run that has ended just now. Resolves when that has succeeded or failed, or has run out of
   * time; never rejects.
   *
   * @param untilMs when to give up, in milliseconds since 1970; default: after the flush timeout
   */
  push(succeeded: boolean, durationMs: number, untilMs: number | undefined): Promise<void>;
  /**
   * Pushes the newest result if it was not pushed yet: because the gateway is overloaded, say. Never rejects.
   *
   * @param untilMs when to give up, in milliseconds since 1970; default: after the flush timeout, and nothing waits
   */
  pushLeft(untilMs?: number): Promise<void>;
  /** The newest result is not pushed. */
  readonly pending: boolean;
}

/**
 * The group of a job's results has no `instance`, so that each run replaces what the one before has pushed.
 *
 * @throws TypeError if the group could break the gateway
 */
export function createResultPusher(
  { platform, settings, options }: Instance,
  name: string,
): ResultPusher {
  const { gateways, bearerToken, job, grouping, flushTimeoutMs } = settings;
  // The gateway would overwrite this one with the group's.
  const { [JOB_LABEL]: _, ...labels } = settings.labels;
  const path = groupPath({ job, grouping: { ...grouping, [JOB_LABEL]: name } });
  // Of several gateways, all runs choose the same one.
  const url = rendezvous(
    path,
    gateways.map((gateway) => gateway.url),
  );
  const target = pushgateway({
    ...gateways.find((gateway) => gateway.url === url)!,
    bearerToken,
    headers: options.headers,
    gzipAboveBytes: options.gzipAboveBytes,
    transport: options.transport ?? platform.transport,
  });
  const results = { version: 0, newest: { succeeded: false, durationMs: 0 } };
  /** Of a run whose result did not arrive either. */
  let succeededAtMs: number | undefined;

  async function push(controller: AbortController, timeoutMs: number): Promise<void> {
    const { newest } = results;
    const pushedAtMs = succeededAtMs;
    // POST leaves the metric that it does not carry: when the job last succeeded.
    const method = newest.succeeded ? "PUT" : "POST";
    const text = jobResultText({ ...newest, succeededAtMs }, labels);
    await target.send(method, path, text, controller, timeoutMs);
    if (succeededAtMs === pushedAtMs) succeededAtMs = undefined;
  }

  const flusher = createFlusher(
    push,
    results,
    { flushTimeoutMs, minFlushIntervalMs: 0 },
    platform.freezes === true,
    (_, failure) => {
      if (failure && flusher.breaker.failures === 1)
        warn(
          `result of job ${JSON.stringify(name)} was not pushed to ${url}: ${reasonOf(failure.error)}`,
        );
    },
  );
  // Before the first run has ended, there is none.
  const isPending = () => results.version > 0 && flusher.pending;
  return {
    push(succeeded, durationMs, untilMs) {
      if (succeeded) succeededAtMs = Date.now();
      results.newest = { succeeded, durationMs };
      results.version++;
      return flusher.flush(untilMs);
    },
    async pushLeft(untilMs) {
      if (!isPending()) return;
      await (untilMs === undefined
        ? flusher.flush(undefined, true)
        : flusher.flushFinally(untilMs));
    },
    get pending() {
      return isPending();
    },
  };
}
