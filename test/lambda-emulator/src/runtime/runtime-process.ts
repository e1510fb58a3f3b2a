import { spawn } from "node:child_process";
import { once } from "node:events";
import { endWithThisProcess } from "../process/end-with-this-process.js";
import { signalGroup } from "../process/process-group.js";

/** How a process is started. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** The folder it starts in. */
  readonly cwd: string;
  /** All of its variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a process ended. One of the two is null. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The process in which AWS's runtime client runs the handler, and every process that it starts. */
export interface RuntimeProcess {
  readonly pid: number;
  readonly frozen: boolean;
  readonly ended: Promise<ProcessEnd>;
  freeze(): void;
  thaw(): void;
  /** Sends SIGTERM to the process itself, not to its children. */
  terminate(): void;
  kill(): void;
}

/** Starts the runtime client. Rejects if it cannot be started. */
export async function startRuntimeProcess(
  command: Command,
  log: (text: string) => void,
): Promise<RuntimeProcess> {
  const { file, args, cwd, env } = command;
  // It leads a process group, so that the whole environment is frozen and ended at once.
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  child.stdout.setEncoding("utf8").on("data", log);
  child.stderr.setEncoding("utf8").on("data", log);
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  await once(child, "spawn");
  const pid = child.pid as number;
  // SIGKILL also ends a process that SIGSTOP has stopped.
  const release = endWithThisProcess(() => signalGroup(pid, "SIGKILL"));

  let frozen = false;
  const ended = exited.then((end) => {
    signalGroup(pid, "SIGKILL");
    release();
    return end;
  });
  return {
    pid,
    get frozen() {
      return frozen;
    },
    ended,
    freeze() {
      frozen = signalGroup(pid, "SIGSTOP");
    },
    thaw() {
      signalGroup(pid, "SIGCONT");
      frozen = false;
    },
    terminate() {
      child.kill("SIGTERM");
    },
    kill() {
      signalGroup(pid, "SIGKILL");
    },
  };
}

/** How a process ended, in AWS's words. */
export function exitReason({ exitCode, signal }: ProcessEnd): string {
  if (signal === "SIGKILL") return "with error: signal: killed";
  if (signal !== null) return `with error: signal: ${signal}`;
  return exitCode === 0 ? "without providing a reason" : `with error: exit status ${exitCode}`;
}
