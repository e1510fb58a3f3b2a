import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type AggregatorOptions,
  type RunningAggregator,
  startAggregator,
} from "@prefreeze/aggregator";

/** A folder that is removed when the test ends. */
export function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "prefreeze-aggregator-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts an aggregator on a free port until the test ends, with quick intervals. */
export async function start(options: Partial<AggregatorOptions>): Promise<RunningAggregator> {
  const aggregator = await startAggregator({
    directory: options.directory ?? stateFolder(),
    listen: { port: 0 },
    pushIntervalMs: 50,
    scrapeIntervalMs: 100,
    ...options,
  });
  onTestFinished(() => aggregator.close());
  return aggregator;
}

/** Sends a request. Resolves to its status and its answer, without the line feed at its end. */
export async function ask(
  method: string,
  url: string,
  body?: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly [status: number, answer: string]> {
  const response = await fetch(url, {
    method,
    headers,
    redirect: "manual",
    ...(body !== undefined && { body: body as string }),
  });
  return [response.status, (await response.text()).trimEnd()];
}
