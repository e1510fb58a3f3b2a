import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** A gateway that accepts every connection and never answers. */
export interface SilentGateway {
  readonly url: string;
  /** The number of connections that it has accepted. */
  connections(): number;
  stop(): Promise<void>;
}

export async function startSilentGateway(): Promise<SilentGateway> {
  const sockets = new Set<{ destroy(): void }>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket
      .resume()
      .once("close", () => sockets.delete(socket))
      .on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    async stop() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
