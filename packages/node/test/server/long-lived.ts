import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const script = fileURLToPath(new URL("fixtures/long-lived.mjs", import.meta.url));

export interface LongLived {
  readonly port: number;
  readonly process: ChildProcess;
  /** Gives it an order. @returns its answer */
  order(word: string): Promise<string>;
  /** The next line that it prints. */
  nextLine(): Promise<string>;
  /** Resolves when it has ended, to its exit code or signal. */
  readonly ended: Promise<number | string>;
}

/** Starts a process that pushes to `url` every second. It ends with the test. */
export async function startLongLived(
  url: string,
  listeners: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<LongLived> {
  const child = spawn(process.execPath, [script, ...listeners], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      PUSHGATEWAY_URL: url,
      PREFREEZE_JOB: "shop",
      PREFREEZE_ACTIVE: "1",
      PREFREEZE_INTERVAL_MS: "1000",
      ...env,
    },
  });
  const ended = once(child, "close").then(
    ([code, signal]) => (code as number | null) ?? (signal as string),
  );
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  const port = Number(await nextLine());
  return {
    port,
    process: child,
    async order(word) {
      child.stdin.write(`${word}\n`);
      return nextLine();
    },
    nextLine,
    ended,
  };
}
