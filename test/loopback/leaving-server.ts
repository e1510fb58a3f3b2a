import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A server that answers before it has the whole body, and then resets the connection. */
export interface LeavingServer {
  readonly url: string;
  /** Resolves when it has reset its first connection. */
  readonly left: Promise<unknown>;
}

/** Longer than the answer takes to be read. */
const STAYS_MS = 200;

/** Answers 413 until the test ends. */
export async function leavingServer(): Promise<LeavingServer> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.end("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    setTimeout(() => socket.resetAndDestroy(), STAYS_MS);
  }).listen(0, "127.0.0.1");
  const left = once(server, "connection").then(([socket]) => once(socket as Socket, "close"));
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, left };
}
