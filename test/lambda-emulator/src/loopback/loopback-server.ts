import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface LoopbackServer {
  /** `host:port` */
  readonly address: string;
  /**
   * Resolves when everything that peers have sent is read and every peer has closed its connection.
   */
  drained(): Promise<void>;
  close(): void;
}

/** Serves HTTP on a free port of 127.0.0.1, without timeouts. */
export async function listenOnLoopback(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  const server = createServer({
    // A frozen peer can be silent for any length of time. Its connections must stay open.
    keepAliveTimeout: 0,
    requestTimeout: 0,
    headersTimeout: 0,
    // The runtime client repeats an error in a header, however long it is.
    maxHeaderSize: 16 * 1024 * 1024,
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    address: `127.0.0.1:${port}`,
    async drained() {
      await Promise.all(
        [...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
      );
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
