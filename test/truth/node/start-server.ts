import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { ServerProcess, StartProcess } from "../servers/fleet.js";

/** The time after SIGTERM that most platforms give by default is longer; a busy machine needs it. */
const ENDS_WITHIN_MS = 10_000;

/** @param folder an existing directory for the program */
export async function prepareServers(folder: string): Promise<StartProcess> {
  const program = join(folder, "server.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("function/server.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["undici"],
  });
  return async ({ shape, bare, env }): Promise<ServerProcess> => {
    const child = fork(program, {
      cwd: folder,
      execArgv: [],
      env: {
        PATH: process.env["PATH"],
        ...env,
        SHAPE: shape,
        ...(bare && { BARE: "1" }),
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    let output = "";
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const exited = once(child, "close");
    const [port] = (await Promise.race([
      once(child, "message"),
      exited.then(() => Promise.reject(new Error(`the server ended: ${output}`))),
    ])) as [number];
    return {
      url: `http://127.0.0.1:${port}/`,
      headers: {},
      async terminate() {
        const timer = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
        child.kill("SIGTERM");
        await exited;
        clearTimeout(timer);
        return child.signalCode !== "SIGKILL";
      },
      async kill() {
        child.kill("SIGKILL");
        await exited;
      },
      logs: () => output,
    };
  };
}
