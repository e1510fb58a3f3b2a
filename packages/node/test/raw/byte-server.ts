import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A server that sends what it is told. */
export interface ByteServer {
  readonly url: string;
  /** As they arrived, each with its body. */
  readonly requests: readonly string[];
  /** How many connections were opened, and which are open now. */
  readonly connections: { opened: number; readonly open: ReadonlySet<Socket> };
}

/** @param answer what follows the request with that number, counted from 0 */
export async function byteServer(
  answer: (request: number, socket: Socket) => string | undefined,
  host = "127.0.0.1",
): Promise<ByteServer> {
  const requests: string[] = [];
  const open = new Set<Socket>();
  const connections = { opened: 0, open };
  const server = createServer((socket) => {
    connections.opened += 1;
    open.add(socket);
    let text = "";
    socket
      .on("error", () => undefined)
      .on("close", () => open.delete(socket))
      .on("data", (chunk) => {
        text += chunk.toString("latin1");
        const head = text.indexOf("\r\n\r\n") + 4;
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
        if (head < 4 || text.length < head + length) return;
        requests.push(text);
        text = "";
        const bytes = answer(requests.length - 1, socket);
        if (bytes !== undefined) socket.write(bytes, "latin1");
      });
  }).listen(0, host);
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    requests,
    connections,
  };
}
