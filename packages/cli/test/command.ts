import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";

const program = fileURLToPath(new URL("../bin/prefreeze.js", import.meta.url));

/** What a command printed until it ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that keeps running, until the test ends. */
export interface Running {
  readonly process: ChildProcess;
  /** What it has printed so far, lines of both streams. */
  readonly lines: readonly string[];
  /** Resolves to the first line that matches, printed before or after the call. */
  line(pattern: RegExp): Promise<string>;
  /** Sends it the signal, and resolves to its exit code when it has ended. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

type Environment = Readonly<Record<string, string>>;

/** Runs `prefreeze` with these words, in an environment without credentials but those given. */
export function prefreeze(words: readonly string[], environment: Environment = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...words],
      { env: environment },
      (_, stdout, stderr) => resolve({ exitCode: child.exitCode, stdout, stderr }),
    );
  });
}

/** Starts `prefreeze` with these words. */
export function startPrefreeze(words: readonly string[], environment: Environment = {}): Running {
  const child = spawn(process.execPath, [program, ...words], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => lines.push(line));
  }
  const exit = once(child, "exit") as Promise<[number | null]>;
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exit;
  });
  return {
    process: child,
    lines,
    line: (pattern) =>
      vi.waitFor(
        () => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined) throw new Error(`no line ${pattern} in:\n${lines.join("\n")}`);
          return found;
        },
        { timeout: 15_000, interval: 20 },
      ),
    async end(signal) {
      child.kill(signal);
      const [exitCode] = await exit;
      return exitCode;
    },
  };
}

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
