import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleHandler, type Lambda, startLambda } from "../lambda/lambda.js";
import { timedInvoker } from "../lambda/timed-invoker.js";
import type { OrderEvent } from "./function/order.js";

/** What the caller of an invocation got. */
export interface Response {
  readonly event: OrderEvent;
  readonly payload: string;
  readonly responseMs: number;
}

/** The environments of one function, and its callers. */
export interface Fleet {
  readonly lambda: Lambda;
  readonly environments: number;
  /** It flushes after the response, and is told of its end. */
  readonly registered: boolean;
  /** Invokes one after the other for each event, as many at once as there are environments. */
  invoke(events: readonly OrderEvent[]): Promise<Response[]>;
  /** Ends an environment that is frozen; its name in the instances. With `reuse`, the next one finds its files. */
  destroy(index: number, reuse: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** How long an invocation may take: a margin of a quarter of a second, also where the machine is busy. */
const TIMEOUT_MS = 3_000;

export async function startFleet(
  folder: string,
  entry: "bare" | "measured" | "registered",
  environments: number,
  env: Readonly<Record<string, string>>,
): Promise<Fleet> {
  const foundFiles = join(folder, `${entry}-found`);
  const bundle = await bundleHandler({
    entry: fileURLToPath(new URL(`function/${entry}.ts`, import.meta.url)),
    outdir: join(folder, entry),
    format: "esm",
    minify: true,
  });
  await mkdir(foundFiles, { recursive: true });
  const lambda = await startLambda({
    ...bundle,
    functionName: entry,
    maxEnvironments: environments,
    timeoutMs: TIMEOUT_MS,
    env: { ...env, NOTES: join(folder, `${entry}.notes`) },
    foundFiles,
  });
  const callers = Array.from({ length: environments }, () => timedInvoker(lambda.endpoint, entry));

  return {
    lambda,
    environments,
    registered: entry === "registered",
    async invoke(events) {
      const waiting = events.values();
      const responses: Response[] = [];
      await Promise.all(
        callers.map(async (caller) => {
          for (const event of waiting) {
            const { payload, responseMs } = await caller.invoke(event);
            responses.push({ event, payload, responseMs });
          }
        }),
      );
      await lambda.settled();
      return responses;
    },
    async destroy(index, reuse) {
      const { pid, tmpFolder } = lambda.environments()[index]!;
      if (reuse) {
        await rm(foundFiles, { recursive: true });
        await cp(tmpFolder, foundFiles, { recursive: true });
      }
      await lambda.shutdownEnvironment(pid);
    },
    async stop() {
      for (const caller of callers) caller.close();
      await lambda.stop();
    },
  };
}
