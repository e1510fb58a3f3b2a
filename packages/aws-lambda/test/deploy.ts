import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import {
  bundleHandler,
  lambdaClient,
  startLambda,
  type Lambda,
  type LambdaOptions,
} from "@prefreeze/lambda-emulator";

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));

/** What the caller of a function sees. */
export interface Answer {
  readonly result: unknown;
  /** The class of the error; undefined if the function succeeded. */
  readonly errorType: string | undefined;
  readonly errorMessage: string | undefined;
  readonly durationMs: number;
}

/** What the caller of a streaming function sees. */
export interface StreamedAnswer {
  readonly body: string;
  /** AWS sends it after the body. */
  readonly errorCode: string | undefined;
  readonly error: { readonly errorType: string; readonly errorMessage: string } | undefined;
}

/** A function that runs until the end of the test. */
export interface Deployed {
  readonly lambda: Lambda;
  invoke(event?: unknown): Promise<Answer>;
  /** Invokes with a response stream. */
  stream(event?: unknown): Promise<StreamedAnswer>;
}

interface Deployment extends Partial<LambdaOptions> {
  /** The name of the export. Default `handler`. */
  readonly exported?: string;
  /** Default `cjs`. */
  readonly format?: "cjs" | "esm";
  readonly minify?: boolean;
  /** The text of more files to write beside the bundle, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Bundles a fixture as users do, and runs it as a function until the end of the test. */
export async function deploy(entry: string, deployment: Deployment = {}): Promise<Deployed> {
  const {
    exported = "handler",
    format = "cjs",
    minify = true,
    files = {},
    ...options
  } = deployment;
  const outdir = await mkdtemp(join(tmpdir(), "prefreeze-lambda-"));
  onTestFinished(() => rm(outdir, { recursive: true }));
  const bundle = await bundleHandler({ entry: join(fixtures, entry), outdir, format, minify });
  for (const [name, text] of Object.entries(files)) await writeFile(join(outdir, name), text);
  return run({ ...bundle, handler: `index.${exported}`, ...options });
}

/**
 * Bundles a fixture once for all tests of a file. Call it at the top of the file.
 *
 * @returns a function that returns the folder of the bundle, for calls inside tests
 */
export function useBundle(
  entry: string,
  { format, minify = true }: { readonly format: "cjs" | "esm"; readonly minify?: boolean },
): () => string {
  let outdir: string;
  beforeAll(async () => {
    outdir = await mkdtemp(join(tmpdir(), "prefreeze-lambda-"));
    await bundleHandler({ entry: join(fixtures, entry), outdir, format, minify });
  });
  afterAll(() => rm(outdir, { recursive: true }));
  return () => outdir;
}

/**
 * Runs an existing bundle.
 *
 * @param finished registers the clean-up; pass the one of the test's context if tests run concurrently
 */
export function deployBundle(
  taskRoot: string,
  { exported, ...options }: Partial<LambdaOptions> & { readonly exported: string },
  finished = onTestFinished,
): Promise<Deployed> {
  return run({ taskRoot, handler: `index.${exported}`, ...options }, finished);
}

/** Runs a fixture without bundling it. Its packages come from `node_modules`. */
export function deployUnbundled(
  handler: string,
  options: Partial<LambdaOptions>,
): Promise<Deployed> {
  return run({ taskRoot: fixtures, handler, ...options });
}

async function run(
  options: Partial<LambdaOptions> & Pick<LambdaOptions, "taskRoot" | "handler">,
  finished = onTestFinished,
): Promise<Deployed> {
  const { functionName = "shop" } = options;
  const lambda = await startLambda({ maxEnvironments: 1, ...options, functionName });
  const client = lambdaClient(lambda.endpoint);
  finished(async () => {
    client.destroy();
    await lambda.stop();
  });
  return {
    lambda,
    invoke: (event = {}) => invoke(client, functionName, event),
    stream: (event = {}) => stream(client, functionName, event),
  };
}

async function stream(
  client: LambdaClient,
  functionName: string,
  event: unknown,
): Promise<StreamedAnswer> {
  const { EventStream = [] } = await client.send(
    new InvokeWithResponseStreamCommand({
      FunctionName: functionName,
      Payload: JSON.stringify(event),
    }),
  );
  let body = "";
  let errorCode: string | undefined;
  let error: StreamedAnswer["error"];
  for await (const { PayloadChunk, InvokeComplete } of EventStream) {
    body += Buffer.from(PayloadChunk?.Payload ?? []).toString("latin1");
    errorCode = InvokeComplete?.ErrorCode ?? errorCode;
    const details = InvokeComplete?.ErrorDetails;
    if (details !== undefined) error = JSON.parse(details) as typeof error;
  }
  return { body, errorCode, error };
}

async function invoke(client: LambdaClient, functionName: string, event: unknown): Promise<Answer> {
  const startedMs = performance.now();
  const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
  const { FunctionError, Payload } = await client.send(command);
  const durationMs = performance.now() - startedMs;
  const text = Payload?.transformToString() ?? "";
  const result: unknown = text === "" ? undefined : JSON.parse(text);
  if (FunctionError === undefined)
    return { result, errorType: undefined, errorMessage: undefined, durationMs };
  const { errorType, errorMessage } = result as { errorType: string; errorMessage: string };
  return { result: undefined, errorType, errorMessage, durationMs };
}
