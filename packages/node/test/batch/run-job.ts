import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const script = fileURLToPath(new URL("fixtures/job.mjs", import.meta.url));

export interface StartedJobs {
  readonly process: ChildProcess;
  /** Resolves when the text is printed. */
  printing(text: string): Promise<void>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<{
    readonly exitCode: number | null;
    readonly signal: string | null;
    /** How each job ended. */
    readonly results: readonly { returned?: unknown; same?: boolean; ms: number }[];
    readonly errors: string;
    /** From the last text that it has printed to its end, in milliseconds. */
    readonly lingeredMs: number;
  }>;
}

/** Starts a process that runs jobs of the given kinds. It ends with the test. */
export function startJobs(
  url: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): StartedJobs {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PUSHGATEWAY_URL: url,
      PREFREEZE_JOB: "shop",
      PREFREEZE_ACTIVE: "1",
      ...env,
    },
  });
  let printed = "";
  let errors = "";
  let printedMs = 0;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
    printedMs = performance.now();
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    printedMs = performance.now();
  });
  const closed = once(child, "close") as Promise<[number | null, string | null]>;
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await closed;
  });
  return {
    process: child,
    async printing(text) {
      while (!printed.includes(text)) await once(child.stdout, "data");
    },
    ended: closed.then(([exitCode, signal]) => ({
      exitCode,
      signal,
      results: printed
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as { ms: number }),
      errors,
      lingeredMs: performance.now() - printedMs,
    })),
  };
}

/** Runs them to their end. */
export function runJobs(...args: Parameters<typeof startJobs>): StartedJobs["ended"] {
  return startJobs(...args).ended;
}
