import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleHandler, type LambdaOptions } from "@prefreeze/lambda-emulator";
import { startVercelFunction, type VercelFunction } from "../vercel/function.js";
import { startWorker, type Worker } from "../workers/worker.js";
import { startLambdaFunction, type LambdaFunction } from "./lambda-function.js";

/** The path of a file of an example. */
export const example = (path: string): string =>
  fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));

/** The environment variables of a function. */
export type Variables = Readonly<Record<string, string>>;

/** Runs the Lambda example in AWS's runtime client, called through AWS's SDK. */
export async function startExampleLambda(
  env: Variables,
  options: Partial<LambdaOptions> = {},
): Promise<LambdaFunction> {
  const outdir = await mkdtemp(join(tmpdir(), "example-lambda-"));
  const bundled = await bundleHandler({
    entry: example("aws-lambda/handler.ts"),
    outdir,
    format: "cjs",
  });
  const functionName = "example-aws-lambda";
  const started = await startLambdaFunction({ ...bundled, functionName, env, ...options });
  return {
    ...started,
    async stop() {
      await started.stop();
      await rm(outdir, { recursive: true });
    },
  };
}

/** The event that API Gateway would send. */
export function httpEvent(order: object): object {
  return { requestContext: { http: { method: "POST" } }, body: JSON.stringify(order) };
}

/** A Worker that sells the same, and pushes without an aggregator object. */
export const plainWorker = fileURLToPath(new URL("fixtures/worker.ts", import.meta.url));

/** Runs that Worker in workerd, as the job of the Workers example. */
export async function startPlainWorker(bindings: Variables): Promise<Worker> {
  return await startWorker({
    entry: plainWorker,
    nodejsCompat: true,
    bindings: { PREFREEZE_JOB: "example-cloudflare-workers", ...bindings },
  });
}

/** Runs a route of the Vercel example in the process that Vercel's Node builder starts. */
export async function startExampleVercel(
  env: Variables,
  route: "orders" | "trial" | "checkout" = "orders",
): Promise<VercelFunction> {
  return await startVercelFunction({
    entrypoint: example(`vercel/api/${route}.ts`),
    root: example("vercel"),
    env: { VERCEL_PROJECT_PRODUCTION_URL: "example-vercel.vercel.app", ...env },
  });
}

/** Runs `work` that many times concurrently. */
export async function atOnce<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return await Promise.all(Array.from({ length: times }, (_, index) => work(index)));
}
