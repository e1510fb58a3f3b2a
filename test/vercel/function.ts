import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, relative, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

export interface VercelFunctionOptions {
  /** The file of the handler. */
  readonly entrypoint: string;
  /** The project's folder, in which the process runs. Default: the folder of the entrypoint. */
  readonly root?: string;
  /** Beside the variables that Vercel sets; `undefined` takes one of those away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Answer 500 for a handler that fails and keep the process, as production does. Default: false,
   * and the first failure ends the process, as the builder's server does by itself.
   */
  readonly isolateErrors?: boolean;
}

export interface StopOptions {
  /** Vercel's own message, or the signal a production instance gets. Default: the message. */
  readonly by?: "shutdown" | "SIGTERM";
  /** After this the process is killed. Default: 5,000. Production gives 500. */
  readonly limitMs?: number;
}

export interface Stopped {
  /** False when the limit was reached and the process was killed. */
  readonly graceful: boolean;
  readonly exitCode: number | null;
}

export interface VercelFunction {
  /** Where the process listens on the loopback interface, with a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** Sends a real HTTP request to the process. A redirect is returned, not followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** What the process has written to stdout and stderr so far. */
  logs(): string;
  /** Ends the process, which finishes what `waitUntil` holds first. Repeating it is harmless. */
  stop(options?: StopOptions): Promise<Stopped>;
}

const builder = createRequire(import.meta.url).resolve("@vercel/node/package.json");
const exitWithParent = new URL("exit-with-parent.mjs", import.meta.url).href;
const isolateErrors = new URL("isolate-errors.mjs", import.meta.url).href;

/**
 * Runs one handler in the server process that Vercel's Node builder starts for `vercel dev`; here
 * it lives for many requests, several at once, as an instance with Fluid compute does.
 */
export async function startVercelFunction(options: VercelFunctionOptions): Promise<VercelFunction> {
  const entrypoint = resolve(options.entrypoint);
  const root = resolve(options.root ?? dirname(entrypoint));
  const child = fork(join(dirname(builder), "dist/dev-server.mjs"), {
    cwd: root,
    // What this process was started with is not for the function.
    execArgv: [],
    env: {
      ...functionEnvironment(options.env ?? {}),
      VERCEL_DEV_ENTRYPOINT: relative(root, entrypoint),
      VERCEL_DEV_CONFIG: JSON.stringify({ zeroConfig: true }),
      NODE_OPTIONS: nodeOptions(entrypoint, options),
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  const append = (chunk: string): void => void (output += chunk);
  child.stdout?.setEncoding("utf8").on("data", append);
  child.stderr?.setEncoding("utf8").on("data", append);
  const exited = new Promise<number | null>((settle) => child.once("close", settle));

  const port = await Promise.race([portOf(child), exited.then(() => undefined)]);
  if (port === undefined || child.pid === undefined) {
    throw new Error(`The process of ${entrypoint} ended before it listened.\n${output}`);
  }
  const url = `http://127.0.0.1:${port}/`;
  let stopped: Promise<Stopped> | undefined;

  return {
    url,
    pid: child.pid,
    fetch: async (path, init) => {
      const request = new Request(new URL(path, url), { redirect: "manual", ...init });
      for (const [name, value] of Object.entries(proxyHeaders(url))) {
        if (!request.headers.has(name)) request.headers.set(name, value);
      }
      try {
        return await fetch(request);
      } catch (error) {
        // A closed connection is noticed before the end of the process that caused it.
        const hasExited = await Promise.race([exited.then(() => true), delay(250, false)]);
        if (!hasExited) throw error;
        throw new Error(`The process of ${entrypoint} has ended.\n${output}`, { cause: error });
      }
    },
    logs: () => output,
    stop: (stopOptions = {}) => (stopped ??= stop(child, exited, stopOptions)),
  };
}

function functionEnvironment(
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const env: Record<string, string | undefined> = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    TMPDIR: process.env["TMPDIR"],
    NODE_ENV: "production",
    VERCEL: "1",
    VERCEL_ENV: "production",
    VERCEL_TARGET_ENV: "production",
    VERCEL_REGION: "fra1",
    VERCEL_URL: "prefreeze-test.vercel.app",
    VERCEL_DEPLOYMENT_ID: "dpl_test",
    VERCEL_PROJECT_ID: "prj_test",
    ...own,
  };
  const isSet = (entry: [string, string | undefined]): entry is [string, string] =>
    entry[1] !== undefined;
  return Object.fromEntries(Object.entries(env).filter(isSet));
}

// As the builder does it: TypeScript, and what may be either module format, go through tsx.
function nodeOptions(entrypoint: string, options: VercelFunctionOptions): string {
  const words = [
    options.env?.["NODE_OPTIONS"] ?? "",
    "--no-warnings",
    `--import ${exitWithParent}`,
  ];
  const extension = extname(entrypoint);
  const isTypeScript = [".ts", ".tsx", ".mts", ".cts"].includes(extension);
  const hasCertainFormat = [".mjs", ".cjs"].includes(extension) || isInModulePackage(entrypoint);
  if (isTypeScript || !hasCertainFormat) {
    words.push(`--import ${pathToFileURL(createRequire(builder).resolve("tsx")).href}`);
  }
  if (options.isolateErrors) words.push(`--import ${isolateErrors}`);
  return words.join(" ").trim();
}

function isInModulePackage(file: string): boolean {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    try {
      const text = readFileSync(join(folder, "package.json"), "utf8");
      return (JSON.parse(text) as { type?: string }).type === "module";
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    if (folder === dirname(folder)) return false;
  }
}

// The server listens on a port of its own choice and tells it by sending its address.
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((settle, fail) => {
    child.once("message", (address: { port: number }) => settle(address.port));
    child.once("error", fail);
  });
}

// What Vercel's proxy adds to a request before the function sees it.
function proxyHeaders(url: string): Record<string, string> {
  return {
    "x-forwarded-host": new URL(url).host,
    "x-forwarded-proto": "http",
    "x-forwarded-for": "127.0.0.1",
    "x-vercel-id": "fra1::fra1::test",
  };
}

async function stop(
  child: ChildProcess,
  exited: Promise<number | null>,
  { by = "shutdown", limitMs = 5_000 }: StopOptions,
): Promise<Stopped> {
  let graceful = true;
  const timer = setTimeout(() => {
    graceful = false;
    child.kill("SIGKILL");
  }, limitMs);
  // When the process has just ended by itself, there is nobody to take the message.
  if (by === "shutdown" && child.connected) child.send("shutdown", () => undefined);
  else child.kill("SIGTERM");
  const exitCode = await exited;
  clearTimeout(timer);
  return { graceful, exitCode };
}
