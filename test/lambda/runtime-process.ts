import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { FunctionConfiguration } from "./function-configuration.js";
import { endWithThisProcess } from "./living-processes.js";

/** The process in which AWS's runtime client runs the handler. */
interface RuntimeProcess {
  readonly pid: number;
  readonly frozen: boolean;
  /** How the process ended, in AWS's words: `with error: exit status 1`. */
  readonly ended: Promise<string>;
  freeze(): void;
  thaw(): void;
  kill(): void;
}

const runtimeClient = createRequire(import.meta.url).resolve("aws-lambda-ric");
const standIn = fileURLToPath(new URL("rapid-client-stand-in.cjs", import.meta.url));

/** Starts the runtime client; rejects where the Node binary cannot be started. */
export async function startRuntimeProcess(
  configuration: FunctionConfiguration,
  variables: Record<string, string>,
  log: (text: string) => void,
): Promise<RuntimeProcess> {
  const userOptions = (variables["NODE_OPTIONS"] ?? "").split(/\s+/);
  const disabled = configuration.node.disabledFeatures
    .filter(({ enable }) => !userOptions.includes(enable))
    .map(({ disable }) => disable);
  const child = spawn(configuration.node.path, [...disabled, "--require", standIn, runtimeClient], {
    cwd: configuration.taskRoot,
    env: variables,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.setEncoding("utf8").on("data", log);
  child.stderr.setEncoding("utf8").on("data", log);
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(reason(code, signal)));
  });
  await once(child, "spawn");
  endWithThisProcess(child);

  let frozen = false;
  return {
    pid: child.pid as number,
    get frozen() {
      return frozen;
    },
    ended,
    freeze() {
      frozen = child.kill("SIGSTOP");
    },
    thaw() {
      child.kill("SIGCONT");
      frozen = false;
    },
    kill() {
      child.kill("SIGKILL");
    },
  };
}

function reason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === "SIGKILL") return "with error: signal: killed";
  if (signal !== null) return `with error: signal: ${signal}`;
  return code === 0 ? "without providing a reason" : `with error: exit status ${code}`;
}
