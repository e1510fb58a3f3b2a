import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";

/** A program that listens on a port of loopback. */
export interface ListeningProgram {
  /** What it has printed so far. */
  printed(): string;
  /** Resolves when it has printed this. Rejects after ten seconds. */
  prints(pattern: RegExp): Promise<void>;
  stop(): Promise<void>;
}

const START_MS = 15_000;
const PRINT_MS = 10_000;
const LOOK_MS = 20;

/**
 * Starts a program, and waits until the port accepts connections.
 *
 * @throws Error with what it printed, if it ends before, or takes longer than 15 s
 */
export async function listeningProgram(
  words: readonly [program: string, ...flags: string[]],
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ListeningProgram> {
  const [program, ...flags] = words;
  const child = spawn(program, flags, { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const ended = once(child, "close");
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const stop = async (): Promise<void> => {
    if (isRunning()) child.kill("SIGTERM");
    await ended;
  };
  const untilMs = performance.now() + START_MS;
  while (!(await accepts(port))) {
    if (isRunning() && performance.now() < untilMs) continue;
    await stop();
    throw new Error(`${program} does not listen:\n${text}`);
  }
  return {
    stop,
    printed: () => text,
    async prints(pattern) {
      const lastMs = performance.now() + PRINT_MS;
      while (!pattern.test(text)) {
        if (performance.now() > lastMs) throw new Error(`${program} has not printed it:\n${text}`);
        await pause();
      }
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    await pause();
    return false;
  } finally {
    socket.destroy();
  }
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
