import { InvokeCommand } from "@aws-sdk/client-lambda";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { bundleHandler } from "../lambda/bundle-handler.js";
import { lambdaClient } from "../lambda/lambda-client.js";
import { startLambda } from "../lambda/lambda.js";
import { startRealGateway } from "../pushgateway/real.js";
import { readBlocks } from "./blocks.js";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));

test("the README shows what the gateway really holds after three calls of its Lambda handler", async () => {
  const blocks = await readBlocks();
  const handler = blocks.find(({ name }) => name === "aws-lambda")!.text;
  const shown = blocks.find(({ name }) => name === "gateway")!.text;

  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "readme-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const entry = join(folder, "handler.ts");
  await writeFile(entry, `${handler}\nasync function chargeCard(_: object) {}\n`);

  const gateway = await startRealGateway();
  onTestFinished(() => gateway.stop());
  const lambda = await startLambda({
    ...(await bundleHandler({ entry, outdir: join(folder, "dist"), format: "cjs" })),
    functionName: "orders",
    env: { PUSHGATEWAY_URL: gateway.url },
  });
  onTestFinished(() => lambda.stop());
  const client = lambdaClient(lambda.endpoint);
  onTestFinished(() => client.destroy());
  for (const plan of ["pro", "free", "pro"]) {
    const Payload = JSON.stringify({ plan });
    await client.send(new InvokeCommand({ FunctionName: "orders", Payload }));
  }

  const held = await gateway.metrics();
  const ofItself = held.match(/^(?:faas|prefreeze|target)_.*job="orders"/gm);
  expect(ofItself, "series that an environment has besides its own").toHaveLength(35);
  expect(normalized(shown), `The README should show:\n\n${excerpt(held)}`).toEqual(
    normalized(excerpt(held)),
  );
}, 30_000);

/** The functions' part of `/metrics`, without comments, and of the buckets the last one. */
function excerpt(metrics: string): string {
  return metrics
    .split("\n")
    .filter((line) => /^[a-z_]+\{.*job="orders"/.test(line))
    .filter((line) => !line.includes("_bucket{") || line.includes('le="+Inf"'))
    .join("\n");
}

/** Without what differs from run to run: the instance, times, the architecture, and the version of Node. */
function normalized(text: string): string[] {
  return text
    .trim()
    .split("\n")
    .map((line) =>
      line
        .replace(/instance="[^"]*"/, 'instance="…"')
        .replace(/host_arch="[^"]*"/, 'host_arch="…"')
        .replace(/process_runtime_version="[^"]*"/, 'process_runtime_version="…"')
        .replace(/(_seconds(?:_sum)?\{.*\}) \S+$/, "$1 …"),
    );
}
