import { InvokeCommand } from "@aws-sdk/client-lambda";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleHandler, type Lambda, lambdaClient, startLambda } from "@prefreeze/lambda-emulator";
import type { Note, OrderAnswer, OrderEvent } from "./function/order.js";

/** What the caller of an invocation received through AWS's SDK. */
export interface Response {
  readonly event: OrderEvent;
  readonly of: FunctionName;
  /** `Unhandled` if the invocation failed. */
  readonly functionError: string | undefined;
  /** The result, or the error in AWS's form. */
  readonly payload: Partial<OrderAnswer> & Readonly<Record<string, unknown>>;
  /** When the response arrived, in milliseconds since 1970. */
  readonly atMs: number;
}

/** The environments of one function, and its callers. */
export interface Fleet {
  readonly lambda: Lambda;
  /** The maximum number of environments at a time. */
  readonly environments: number;
  /** It flushes after the response and is notified of its shutdown. */
  readonly registered: boolean;
  /**
   * Invokes the function once per event, one concurrent call per environment. Resolves when all calls are answered
   * and all environments are frozen.
   */
  invoke(events: readonly OrderEvent[]): Promise<Response[]>;
  /**
   * Shuts down a frozen environment. With `reuse`, environments that start later find its files.
   *
   * @returns how long that took, in milliseconds
   */
  destroy(pid: number, reuse: boolean): Promise<number>;
  /** What the function has noted. */
  notes(): Promise<Note[]>;
  stop(): Promise<void>;
}

/** The functions, by the name of their file. */
export type FunctionName = "bare" | "measured" | "registered" | "naive";

/** The function's timeout: short, but long enough for a busy machine to initialize again within it. */
const TIMEOUT_MS = 3_000;

export interface FleetOptions {
  readonly name: FunctionName;
  readonly environments: number;
  /** An existing directory for its files. */
  readonly folder: string;
  /** Uses the native part of AWS's runtime client, and compiles it if it is missing, instead of a stand-in. */
  readonly nativeClient: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { name, environments, folder, nativeClient, env } = options;
  const foundFiles = join(folder, `${name}-found`);
  const notes = join(folder, `${name}-notes`);
  await mkdir(foundFiles);
  const bundle = await bundleHandler({
    entry: fileURLToPath(new URL(`function/${name}.ts`, import.meta.url)),
    outdir: join(folder, name),
    // Only an ES module is loaded before the runtime asks for its first invocation.
    format: name === "registered" ? "esm" : "cjs",
    minify: true,
  });
  const lambda = await startLambda({
    ...bundle,
    functionName: name,
    maxEnvironments: environments,
    timeoutMs: TIMEOUT_MS,
    env: { ...env, NOTES: notes, FUNCTION_TIMEOUT_MS: String(TIMEOUT_MS) },
    foundFiles,
    nativeClient,
  });
  const client = lambdaClient(lambda.endpoint);

  async function call(event: OrderEvent): Promise<Response> {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
    );
    const atMs = Date.now();
    const payload = JSON.parse(Payload!.transformToString()) as Response["payload"];
    if (event.kind === "killedAfter" && payload.pid !== undefined) lambda.killProcess(payload.pid);
    return { event, of: name, functionError: FunctionError, payload, atMs };
  }

  return {
    lambda,
    environments,
    registered: name === "registered",
    async invoke(events) {
      const waiting = events.values();
      const responses: Response[] = [];
      const caller = async () => {
        for (const event of waiting) responses.push(await call(event));
      };
      await Promise.all(Array.from({ length: environments }, caller));
      await lambda.settled();
      return responses;
    },
    async destroy(pid, reuse) {
      const { tmpFolder } = lambda.environments().find((environment) => environment.pid === pid)!;
      if (reuse) {
        await rm(foundFiles, { recursive: true });
        await cp(tmpFolder, foundFiles, { recursive: true });
      }
      return (await lambda.shutdownEnvironment(pid)).durationMs;
    },
    async notes() {
      const text = await readFile(notes, "utf8").catch(() => "");
      const lines = text.split("\n").filter(Boolean);
      return lines.map((line) => JSON.parse(line) as Note);
    },
    async stop() {
      client.destroy();
      await lambda.stop();
    },
  };
}
