import { InvokeCommand, type InvokeCommandInput } from "@aws-sdk/client-lambda";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { lambdaClient, startLambda, type Lambda, type LambdaOptions } from "../src/index.js";

/** A folder with these files, until the test ends. */
export async function writeFunction(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "emulated-lambda-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** A function `shop` of these files, until the test ends. */
export async function start(
  files: Record<string, string>,
  options: Partial<LambdaOptions> = {},
): Promise<Lambda> {
  const lambda = await startLambda({
    taskRoot: await writeFunction(files),
    handler: "index.handler",
    functionName: "shop",
    ...options,
  });
  onTestFinished(() => lambda.stop());
  return lambda;
}

/** Calls the function through AWS's SDK. */
export async function invoke(
  lambda: Lambda,
  event: object = {},
  input: Partial<InvokeCommandInput> = {},
) {
  const client = lambdaClient(lambda.endpoint);
  try {
    const output = await client.send(
      new InvokeCommand({ FunctionName: "shop", Payload: JSON.stringify(event), ...input }),
    );
    const text = output.Payload?.transformToString() ?? "";
    return {
      status: output.StatusCode,
      functionError: output.FunctionError,
      result: text === "" ? undefined : JSON.parse(text),
      logTail: Buffer.from(output.LogResult ?? "", "base64").toString(),
    };
  } finally {
    client.destroy();
  }
}

/** Whether a process with this id is alive. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The major version of the Node that runs functions by default. */
export const nodeMajorVersion = Number.parseInt(process.versions.node, 10);
