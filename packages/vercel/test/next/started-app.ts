import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Build, type BuiltApp, environment, nextProgram } from "./built-app.js";

/** An app under `next start`. */
export interface StartedApp {
  readonly url: string;
  /** Sends a request. A redirect is returned, not followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  readonly printed: () => string;
  /** Sends SIGTERM. @returns the exit code once the process has ended */
  stop(): Promise<number | null>;
}

/**
 * Starts a built app.
 *
 * @param preload modules that run before Next.js
 */
export async function startApp(
  { folder }: BuiltApp,
  version: Build["version"],
  env: Readonly<Record<string, string>>,
  preload: readonly string[] = [],
): Promise<StartedApp> {
  const imports = preload.map((path) => `--import=${path}`);
  const child = spawn(
    process.execPath,
    [...imports, nextProgram(version), "start", "--port=0", "--hostname=127.0.0.1"],
    { cwd: folder, env: { ...environment(), ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let printed = "";
  const closed = once(child, "close") as Promise<[number | null]>;
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        const [, url] = /Local: +http:\/\/[^:]+:(\d+)/.exec(printed) ?? [];
        if (url !== undefined && printed.includes("Ready in")) resolve(`http://127.0.0.1:${url}`);
      });
    }
    void closed.then(() => reject(new Error(`next start ended:\n${printed}`)));
  });
  const url = await ready;
  return {
    url,
    fetch: (path, init) => fetch(url + path, { redirect: "manual", ...init }),
    printed: () => printed,
    async stop() {
      child.kill("SIGTERM");
      const [exitCode] = await closed;
      return exitCode;
    },
  };
}
