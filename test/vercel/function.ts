import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, parse, relative, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

export interface VercelFunctionOptions {
  /** The handler's file. */
  readonly entrypoint: string;
  /** The project's folder, in which the process runs. Default: the folder of the entrypoint. */
  readonly root?: string;
  /** More variables than those that Vercel sets. `undefined` removes one of Vercel's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Answers 500 if a handler fails and keeps the process, as in production. Default: false; the
   * first failure ends the process, as in `vercel dev`.
   */
  readonly isolateErrors?: boolean;
  /**
   * Runs the handler that Vercel deploys for functions in one bundle instead of the server of `vercel dev`, with a
   * context of its own for each request, as in production. It serves all JavaScript files of the folder: the header
   * `x-matched-path` chooses one, by default the entrypoint. See launcher.mjs for the headers that change a context.
   */
  readonly launcher?: boolean;
  /** The handler is Routing Middleware. */
  readonly middleware?: boolean;
}

export interface StopOptions {
  /** Vercel's own message, or the signal that production sends. Default: the message. */
  readonly by?: "shutdown" | "SIGTERM";
  /** The process is killed after this time. Default: 5,000 ms. In production: 500 ms. */
  readonly limitMs?: number;
}

export interface Stopped {
  /** False if the process was killed at the limit. */
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
  /**
   * Ends the process, which first finishes the promises in `waitUntil`. Further calls do nothing.
   */
  stop(options?: StopOptions): Promise<Stopped>;
}

const builder = createRequire(import.meta.url).resolve("@vercel/node/package.json");
const exitWithParent = new URL("exit-with-parent.mjs", import.meta.url).href;
const launcher = fileURLToPath(new URL("launcher.mjs", import.meta.url));
const isolateErrors = new URL("isolate-errors.mjs", import.meta.url).href;

/**
 * Runs one handler in the server process that Vercel's Node builder starts for `vercel dev`. Here
 * one process serves many requests, several at once, like an instance with Fluid compute.
 */
export async function startVercelFunction(options: VercelFunctionOptions): Promise<VercelFunction> {
  const entrypoint = resolve(options.entrypoint);
  const root = resolve(options.root ?? dirname(entrypoint));
  const server = options.launcher ? launcher : join(dirname(builder), "dist/dev-server.mjs");
  const child = fork(server, {
    cwd: root,
    // The options of this process are not the function's.
    execArgv: [],
    env: {
      ...functionEnvironment(options.env ?? {}),
      VERCEL_DEV_ENTRYPOINT: relative(root, entrypoint),
      VERCEL_DEV_CONFIG: JSON.stringify({ zeroConfig: true, middleware: options.middleware }),
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
      const added = { ...proxyHeaders(url), "x-matched-path": `/${parse(entrypoint).name}` };
      for (const [name, value] of Object.entries(added)) {
        if (!request.headers.has(name)) request.headers.set(name, value);
      }
      try {
        return await fetch(request);
      } catch (error) {
        // The connection closes shortly before the end of the process is known.
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

// Like the builder: tsx loads TypeScript and files whose module format is not certain.
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

// The server chooses its port and sends its address to its parent.
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((settle, fail) => {
    child.once("message", (address: { port: number }) => settle(address.port));
    child.once("error", fail);
  });
}

// The headers that Vercel's proxy adds to a request.
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
  // A process that has just ended by itself cannot receive the message.
  if (by === "shutdown" && child.connected) child.send("shutdown", () => undefined);
  else child.kill("SIGTERM");
  const exitCode = await exited;
  clearTimeout(timer);
  return { graceful, exitCode };
}
