import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();

test("a response that is still open holds the function until it has closed and is pushed", async () => {
  vi.stubEnv("VERCEL", "1");
  vi.stubEnv("PUSHGATEWAY_URL", gateway.url);
  // Vercel freezes a function once its response has ended and no promise in `waitUntil` is pending. The
  // freeze cannot run here, so the promises are looked at.
  const held: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => void held.push(promise) };
  Object.assign(globalThis, { [Symbol.for("@vercel/request-context")]: { get: () => context } });

  const { instrument } = await import("@prefreeze/vercel");
  let open: ServerResponse | undefined;
  const handler = instrument(async (_req: IncomingMessage, res: ServerResponse) => {
    open = res.writeHead(200);
    res.write("begun, ");
  });
  const server = createServer((req, res) => void handler(req, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;

  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
  expect(held).toHaveLength(1);
  expect(await gateway.shown("faas_invocations_total")).toBeUndefined();
  open!.end("ended");
  expect(await response.text()).toBe("begun, ended");
  await held[0];
  expect(await gateway.shown("faas_invocations_total")).toBe(1);

  // A client that gives up closes the response, too.
  const client = new AbortController();
  await fetch(`http://127.0.0.1:${port}/`, { signal: client.signal });
  client.abort();
  await gateway.eventually("faas_invocations_total").toBe(2);
});
