import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { AggregatorOptions } from "@prefreeze/aggregator";

const program = fileURLToPath(new URL("fixtures/process.ts", import.meta.url));

/** An aggregator in a process of its own. */
export interface ChildAggregator {
  readonly url: string;
  readonly processId: number;
  /** What it has printed for people. */
  readonly printed: () => string;
  /** Ends it without notice. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it as systemd does. Resolves to its exit code. */
  terminate(): Promise<number | null>;
}

/**
 * Starts an aggregator in a process of its own, until the test ends.
 *
 * @throws Error with what it printed, if it does not start
 */
export async function startChild(options: AggregatorOptions): Promise<ChildAggregator> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", program, JSON.stringify({ listen: { port: 0 }, ...options })],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  onTestFinished(async () => void (await end(child, "SIGKILL")));
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const started = once(child.stdout.setEncoding("utf8"), "data").then(([text]) =>
    String(text).trim(),
  );
  const url = await Promise.race([started, once(child, "close").then(() => undefined)]);
  if (url === undefined) throw new Error(printed);
  return {
    url,
    processId: child.pid ?? 0,
    printed: () => printed,
    kill: async () => void (await end(child, "SIGKILL")),
    terminate: () => end(child, "SIGTERM"),
  };
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const closed = once(child, "close");
  child.kill(signal);
  await closed;
  return child.exitCode;
}
