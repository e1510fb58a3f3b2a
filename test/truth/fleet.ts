import { InvokeCommand } from "@aws-sdk/client-lambda";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleHandler, type Lambda, lambdaClient, startLambda } from "@prefreeze/lambda-emulator";
import type { Note, OrderAnswer, OrderEvent } from "./function/order.js";

/** What the caller of an invocation got through AWS's SDK. */
export interface Response {
  readonly event: OrderEvent;
  readonly of: FunctionName;
  /** `Unhandled` where it failed. */
  readonly functionError: string | undefined;
  /** The result, or the error as AWS tells it. */
  readonly payload: Partial<OrderAnswer> & Readonly<Record<string, unknown>>;
  /** When it was there, in milliseconds since 1970. */
  readonly atMs: number;
}

/** The environments of one function, and its callers. */
export interface Fleet {
  readonly lambda: Lambda;
  /** The most that live at once. */
  readonly environments: number;
  /** It flushes after the response, and is told of its end. */
  readonly registered: boolean;
  /**
   * Invokes for each event, as many at once as there are environments; resolves when all is answered and
   * every environment frozen.
   */
  invoke(events: readonly OrderEvent[]): Promise<Response[]>;
  /** Ends an environment that is frozen, and tells how long that took, in milliseconds. With `reuse`, those that start later find its files. */
  destroy(pid: number, reuse: boolean): Promise<number>;
  /** What the function has noted. */
  notes(): Promise<Note[]>;
  stop(): Promise<void>;
}

/** The functions there are, by the name of their file. */
export type FunctionName = "bare" | "measured" | "registered" | "naive";

/** How long an invocation may take: short, but a busy machine has to initialize again within it. */
const TIMEOUT_MS = 3_000;

export interface FleetOptions {
  readonly name: FunctionName;
  readonly environments: number;
  /** For its files; it is there. */
  readonly folder: string;
  /** AWS's native piece of the runtime client, which is compiled where it is missing; else its stand-in. */
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
    // Only there it is loaded before the runtime asks for its first invocation.
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
