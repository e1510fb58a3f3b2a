import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { invoke, isRunning, start, writeFunction } from "./function-under-test.js";

describe("at the end", () => {
  /**
   * A server that every function process connects to: a closed connection shows that its process
   * has ended.
   */
  async function watchProcesses(): Promise<{ server: Server; port: number }> {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    return { server, port: (server.address() as AddressInfo).port };
  }
  const connecting = {
    "index.js": `
      require("node:net").connect(Number(process.env.WATCH_PORT), "127.0.0.1").unref();
      exports.handler = async ({ hang }) => { if (hang) await new Promise(() => {}); };`,
  };

  test("stop() leaves no server and no process, neither a frozen one nor one at work", async () => {
    const servers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === "TCPServerWrap").length;
    const serversBefore = servers();
    const lambda = await start(
      {
        "index.js": `exports.handler = async ({ hang }) => {
          console.log(hang ? "hanging" : "done");
          if (hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
        };`,
      },
      { timeoutMs: 60_000 },
    );
    await Promise.all([invoke(lambda), invoke(lambda)]);
    await lambda.settled();
    expect(servers()).toBeGreaterThan(serversBefore);
    const hanging = invoke(lambda, { hang: true });
    await vi.waitFor(() => expect(lambda.logs()).toContain("hanging"), 10_000);
    const pids = lambda.environments().map(({ pid }) => pid);
    expect(pids).toHaveLength(2);
    await lambda.stop();
    expect((await hanging).result.errorMessage).toContain("signal: killed");
    expect(pids.filter(isRunning)).toEqual([]);
    await expect.poll(servers).toBe(serversBefore);
  });

  test.each(["throws", "is terminated"])(
    "a process that %s takes its frozen environments with it",
    async (how) => {
      const { server, port } = await watchProcesses();
      const connected = once(server, "connection");
      const taskRoot = await writeFunction(connecting);
      const folder = await writeFunction({});
      const options = { taskRoot, handler: "index.handler", functionName: "shop" };
      const lambdaModule = fileURLToPath(new URL("../src/index.ts", import.meta.url));
      await writeFile(
        join(taskRoot, "program.mts"),
        `import { startLambda } from ${JSON.stringify(lambdaModule)};
        const options = ${JSON.stringify({ ...options, env: { WATCH_PORT: String(port) } })};
        const lambda = await startLambda(options);
        await fetch(lambda.endpoint + "/2015-03-31/functions/shop/invocations", { method: "POST" });
        await lambda.settled();
        ${how === "throws" ? `throw new Error("on purpose");` : `process.stdout.write("frozen");`}`,
      );
      const program = spawn(process.execPath, ["--import", "tsx", join(taskRoot, "program.mts")], {
        cwd: fileURLToPath(new URL(".", import.meta.url)),
        stdio: ["ignore", "pipe", "ignore"],
        env: { ...process.env, TMPDIR: folder },
      });
      onTestFinished(() => void program.kill("SIGKILL"));
      const exited = once(program, "exit");
      const [socket] = await connected;
      const disconnected = once(socket.resume(), "close");
      if (how === "is terminated") {
        await once(program.stdout, "data");
        program.kill("SIGTERM");
      }
      expect(await exited).toEqual(how === "throws" ? [1, null] : [null, "SIGTERM"]);
      await disconnected;
      expect((await readdir(folder)).filter((name) => name.startsWith("lambda-"))).toEqual([]);
    },
  );

  test("a Node binary that does not exist is named", async () => {
    await expect(start({}, { nodePath: "/nowhere/node" })).rejects.toThrow("/nowhere/node");
  });
});
