import { startAggregator } from "@prefreeze/aggregator";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { bundleHandler, lambdaClient, startLambda } from "@prefreeze/lambda-emulator";
import { startRealGateway } from "../pushgateway/real.js";
import { readBlocks } from "./blocks.js";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));

test("the README shows what the gateway holds after three calls of its Lambda handler, through the aggregator", async () => {
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
  const aggregator = await startAggregator({
    directory: join(folder, "state"),
    listen: { host: "127.0.0.1", port: 0 },
    pushgateway: gateway.url,
    pushIntervalMs: 50,
    // For twice as long, a new series shows 0.
    scrapeIntervalMs: 100,
  });
  onTestFinished(() => aggregator.close());
  const lambda = await startLambda({
    ...(await bundleHandler({ entry, outdir: join(folder, "dist"), format: "esm" })),
    functionName: "orders",
    maxEnvironments: 1,
    env: { PUSHGATEWAY_URL: aggregator.url },
  });
  onTestFinished(() => lambda.stop());
  const client = lambdaClient(lambda.endpoint);
  onTestFinished(() => client.destroy());
  for (const plan of ["pro", "free", "pro"]) {
    const Payload = JSON.stringify({ plan });
    await client.send(new InvokeCommand({ FunctionName: "orders", Payload }));
  }

  // Registered: the last push follows its response.
  await expect
    .poll(async () => normalized(excerpt(await gateway.metrics())))
    .toEqual(normalized(shown));
  const ofItself = (await gateway.metrics()).match(/^(?:faas|prefreeze|target)_.*job="orders"/gm);
  // `prefreeze_instances` has taken the place of `prefreeze_snapshot_sequence`.
  expect(ofItself, "series that an environment has besides its own").toHaveLength(35);
}, 30_000);

/** The functions' part of `/metrics`: without comments, buckets, the group's labels, and what is about pushes. */
function excerpt(metrics: string): string {
  return metrics
    .split("\n")
    .filter((line) => /^(?!prefreeze|push|target)\w+\{.*job="orders"/.test(line))
    .filter((line) => !line.includes("_bucket{"))
    .map((line) => line.replace(/instance="[^"]*",job="[^"]*",?/, "").replace(/,\}|\{\}/, ending))
    .join("\n");
}

/** What is left of the braces around labels. */
function ending(braces: string): string {
  return braces === "{}" ? "" : "}";
}

/** Without times, which differ from run to run. */
function normalized(text: string): string[] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.replace(/(_seconds_sum(?:\{.*\})?) \S+$/, "$1 …"));
}
