import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What a process has used since it started. */
export interface Used {
  readonly cpuMs: number;
  readonly maxRssMb: number;
}

export interface AggregatorProcess {
  readonly url: string;
  /** From the start of the process until it serves, in milliseconds. */
  readonly startMs: number;
  used(): Promise<Used>;
  /** Ends it; resolves when it has written its state. */
  stop(): Promise<void>;
}

/**
 * Starts an aggregator with its state in `directory`.
 *
 * @param name its grouping label, if there are several
 */
export async function startAggregatorProcess(
  directory: string,
  pushgateway: string,
  name?: string,
): Promise<AggregatorProcess> {
  const script = fileURLToPath(new URL("aggregator.mjs", import.meta.url));
  const startedMs = performance.now();
  const child = fork(script, [directory, pushgateway, ...(name === undefined ? [] : [name])], {
    execArgv: [],
  });
  const ended = once(child, "exit");
  const failed = ended.then(() => {
    throw new Error("the aggregator ended; its error is printed above");
  });
  failed.catch(() => undefined);
  const [url] = (await Promise.race([once(child, "message"), failed])) as [string];
  return {
    url,
    startMs: performance.now() - startedMs,
    async used() {
      const told = once(child, "message");
      child.send("used");
      return ((await Promise.race([told, failed])) as [Used])[0];
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
