import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface NextServerOptions {
  /** The folder of the app, which is built. */
  readonly folder: string;
  /** The folder whose `node_modules` has Next.js. */
  readonly installed: string;
  readonly env: Readonly<Record<string, string>>;
  /** Modules that run before Next.js. */
  readonly preload?: readonly string[];
}

/** An app under `next start`. */
export interface NextServer {
  readonly url: string;
  /** Sends a request. A redirect is returned, not followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** What the process has printed so far. */
  logs(): string;
  /** Sends SIGTERM. @returns the exit code once the process has ended */
  stop(): Promise<number | null>;
}

/** Starts an app on a free loopback port. @throws Error with what it printed if it does not start */
export async function startNextServer(options: NextServerOptions): Promise<NextServer> {
  const { folder, installed, env, preload = [] } = options;
  const imports = preload.map((path) => `--import=${path}`);
  const child = spawn(
    process.execPath,
    [...imports, programOf(installed), "start", "--port=0", "--hostname=127.0.0.1"],
    { cwd: folder, env: { ...environment(), ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let printed = "";
  const closed = once(child, "close") as Promise<[number | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        const [, port] = /Local: +http:\/\/[^:]+:(\d+)/.exec(printed) ?? [];
        if (port !== undefined && printed.includes("Ready in")) resolve(`http://127.0.0.1:${port}`);
      });
    }
    const ended = () => reject(new Error(`next start ended:\n${printed}`));
    closed.then(ended, ended);
  });
  return {
    url,
    fetch: (path, init) => fetch(url + path, { redirect: "manual", ...init }),
    logs: () => printed,
    async stop() {
      child.kill("SIGTERM");
      const [exitCode] = await closed;
      return exitCode;
    },
  };
}

/** Runs `next build`. @returns what it printed @throws Error with that if it fails */
export async function buildNextApp(
  { folder, installed, env }: NextServerOptions,
  ...flags: readonly string[]
): Promise<string> {
  const child = spawn(process.execPath, [programOf(installed), "build", ...flags], {
    cwd: folder,
    env: { ...environment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const [status] = (await once(child, "close")) as [number | null];
  if (status !== 0) throw new Error(`next build failed:\n${printed}`);
  return printed;
}

function programOf(installed: string): string {
  return join(installed, "node_modules/next/dist/bin/next");
}

/** What a process of Next.js needs of this process's environment. */
function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    TMPDIR: process.env["TMPDIR"],
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    NO_COLOR: "1",
  };
}
