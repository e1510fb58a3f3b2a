import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { prefreeze, startPrefreeze } from "../command.js";

test("prefreeze gateway prints the line for the environment, takes pushes, shows a page, and ends on Ctrl-C with 0", async () => {
  const running = startPrefreeze(["gateway", "--listen", "127.0.0.1:0"]);
  const line = await running.line(/^PUSHGATEWAY_URL=/);
  const url = line.replace("PUSHGATEWAY_URL=", "");
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const pushed = await fetch(`${url}/metrics/job/a`, { method: "PUT", body: "orders_total 3\n" });
  expect(pushed.status).toBe(200);
  expect(await (await fetch(url)).text()).toContain("orders_total");
  expect(await (await fetch(`${url}/metrics`)).text()).toContain(
    'orders_total{instance="",job="a"} 3',
  );
  expect(await running.end("SIGINT")).toBe(0);
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("with --json it prints its address as one value, and nothing else", async () => {
  const running = startPrefreeze(["gateway", "--listen", "[::1]:0", "--json"]);
  const { url } = JSON.parse(await running.line(/./)) as { readonly url: string };
  expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect((await fetch(`${url}/-/ready`)).status).toBe(200);
  expect(await running.end("SIGTERM")).toBe(0);
  expect(running.lines).toHaveLength(1);
});

test("a port in use is one line, and 1", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(await prefreeze(["gateway", "--listen", `127.0.0.1:${port}`])).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `prefreeze: Port ${port} of 127.0.0.1 is in use: stop the program that listens on it, or pass another port (0 takes a free one).\n`,
  });
});

test("beyond loopback it warns", async () => {
  const running = startPrefreeze(["gateway", "--listen", ":0"]);
  await running.line(
    /^prefreeze: whoever reaches this machine can change and delete what it holds/,
  );
  expect(await running.end("SIGINT")).toBe(0);
});

test.each([
  ["gateway", "--listen", "9091"],
  ["gateway", "--listen", "127.0.0.1:70000"],
  ["gateway", "extra"],
])("%s %s %s is refused with 2", async (...words) => {
  const { exitCode, stdout, stderr } = await prefreeze(words);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(/^prefreeze: .* See: prefreeze gateway --help\n$/);
});
